import { type Box, escapeXml } from '../svg.ts';
import { widthOf, wrapText } from '../fit-text.ts';

export interface AlarmLight {
  readonly name: string;
  readonly hasFired: boolean;
}

const FONT = { size: 12 };
const LINE_HEIGHT = 17;
/** Of the light before a name, and of the space after the name. */
const BEFORE = 14;
const AFTER = 12;

/** Alarms in as many columns as their names leave room for. Those that have fired are red, and say so. */
export function drawAlarms({ x, y, width, height }: Box, alarms: readonly AlarmLight[]): string[] {
  const labels = alarms.map(({ name, hasFired }) => (hasFired ? `${name} (ALARM)` : name));
  const columns = toColumns(labels, width);
  const lineHeight = Math.min(LINE_HEIGHT, height / Math.ceil(labels.length / columns.length));
  return alarms.map(({ hasFired }, index) => {
    const column = columns[index % columns.length] ?? { left: 0, width };
    const left = x + column.left;
    const middle = y + (Math.floor(index / columns.length) + 0.5) * lineHeight;
    const [label = ''] = wrapText(labels[index] ?? '', { ...FONT, width: column.width - BEFORE, maxLines: 1 });
    return [
      `<circle cx="${left + 4}" cy="${middle.toFixed(1)}" r="4" fill="${hasFired ? '#d13212' : '#2e9e5b'}"/>`,
      `<text x="${left + BEFORE}" y="${(middle + 4).toFixed(1)}" font-size="${FONT.size}">${escapeXml(label)}</text>`,
    ].join('');
  });
}

interface Column {
  readonly left: number;
  readonly width: number;
}

/** Each column is as wide as its longest label, and they share what is left over. */
function toColumns(labels: readonly string[], width: number): readonly Column[] {
  for (let count = Math.max(1, labels.length); count > 1; count -= 1) {
    const widths = Array.from({ length: count }, (_none, column) =>
      Math.max(
        ...labels
          .filter((_label, index) => index % count === column)
          .map((label) => Math.ceil(BEFORE + widthOf(label, FONT) + AFTER)),
      ),
    );
    const spare = width - widths.reduce((total, each) => total + each, 0);
    if (spare >= 0) return toPlaces(widths.map((each) => each + Math.floor(spare / count)));
  }
  return [{ left: 0, width }];
}

function toPlaces(widths: readonly number[]): readonly Column[] {
  let right = 0;
  return widths.map((width) => {
    const left = right;
    right += width;
    return { left, width };
  });
}
