import { drawLines, widthOf, wrapText } from '../fit-text.ts';

const FONT = { size: 10 };
const LINE_HEIGHT = 15;
/** Of the coloured line before a name, and of the space after the name. */
const BEFORE = 18;
const AFTER = 8;

export interface Entry {
  readonly name: string;
  readonly colour: string;
}

interface Placed extends Entry {
  readonly lines: readonly string[];
  readonly column: 0 | 1;
  readonly row: number;
}

export interface Legend {
  readonly height: number;
  /** Draws it at a left edge, with the first line's letters standing on `y`. */
  readonly drawAt: (x: number, y: number) => string[];
}

/** Names of lines in two columns. A name that is too long for a column has both, and breaks if they do not suffice. */
export function layOutLegend(entries: readonly Entry[], width: number): Legend {
  const placed: Placed[] = [];
  let row = 0;
  let column: 0 | 1 = 0;
  for (const entry of entries) {
    const isLong = BEFORE + widthOf(entry.name, FONT) + AFTER > width / 2;
    if (isLong && column === 1) [row, column] = [row + 1, 0];
    const lines = isLong ? wrapText(entry.name, { ...FONT, width: width - BEFORE }) : [entry.name];
    placed.push({ ...entry, lines, column, row });
    if (isLong) row += lines.length;
    else [row, column] = column === 0 ? [row, 1] : [row + 1, 0];
  }
  const draw = ({ lines, colour, column: at, row: line }: Placed, x: number, y: number): string => {
    const left = x + (at * width) / 2;
    const base = y + line * LINE_HEIGHT;
    const text = { x: left + BEFORE, y: base, lineHeight: LINE_HEIGHT };
    return `<rect x="${left}" y="${base - 7}" width="12" height="4" fill="${colour}"/>${drawLines(lines, text, `class="muted" font-size="${FONT.size}"`)}`;
  };
  return {
    height: (row + column) * LINE_HEIGHT,
    drawAt: (x, y) => placed.map((entry) => draw(entry, x, y)),
  };
}
