export interface Axis {
  readonly title: string;
  readonly ticks: readonly number[];
  readonly scale: 'linear' | 'log';
}

export interface Line {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isDashed?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
}

const WIDTH = 760;
const HEIGHT = 340;
const PLOT = { left: 70, right: 740, top: 78, bottom: 290 } as const;

/** They differ in light and in dark, and for those who see no red or green. */
const COLOURS = ['#3b82c4', '#d9822b', '#a855b8', '#8a8f98'];

/** Text and grid follow the reader's colour scheme; the background is the page's. */
const STYLE = 'text{fill:#333}.grid{stroke:#ddd}@media(prefers-color-scheme:dark){text{fill:#ccc}.grid{stroke:#444}}';

/** Draws lines over two axes as an SVG that is the same for the same numbers. */
export function drawChart({ title, x, y, lines }: Chart): string {
  const toX = toPosition(x, PLOT.left, PLOT.right);
  const toY = toPosition(y, PLOT.bottom, PLOT.top);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `<text x="10" y="22" font-weight="bold">${title}</text>`,
    ...y.ticks.flatMap((tick) => [
      `<path class="grid" d="M${PLOT.left} ${toY(tick)}H${PLOT.right}"/>`,
      `<text x="${PLOT.left - 8}" y="${toY(tick)}" dy="4" text-anchor="end">${tick.toLocaleString('en-US')}</text>`,
    ]),
    ...x.ticks.map((tick) => `<text x="${toX(tick)}" y="${PLOT.bottom + 18}" text-anchor="middle">${tick}</text>`),
    `<text x="${PLOT.right}" y="${HEIGHT - 12}" text-anchor="end">${x.title}</text>`,
    `<text x="10" y="${PLOT.top - 12}">${y.title}</text>`,
    ...lines.flatMap((line, index) => drawLine(line, index, lines.length, toX, toY)),
    '</svg>',
    '',
  ].join('\n');
}

function drawLine(
  { label, points, isDashed = false }: Line,
  index: number,
  count: number,
  toX: (value: number) => string,
  toY: (value: number) => string,
): string[] {
  const look = `stroke="${COLOURS[index % COLOURS.length]}" stroke-width="2.5"${isDashed ? ' stroke-dasharray="6 4"' : ''}`;
  const path = points.map(([x, y]) => `${toX(x)} ${toY(y)}`).join('L');
  const keyX = 10 + (index * (WIDTH - 20)) / count;
  return [
    `<path fill="none" ${look} d="M${path}"/>`,
    `<path ${look} d="M${keyX.toFixed(0)} 42h22"/>`,
    `<text x="${(keyX + 28).toFixed(0)}" y="46">${label}</text>`,
  ];
}

/** Values outside of the axis are drawn at its end. */
function toPosition({ ticks, scale }: Axis, from: number, to: number): (value: number) => string {
  const place = (value: number): number => (scale === 'log' ? Math.log10(value) : value);
  const [least = 0, most = 1] = [ticks[0], ticks.at(-1)];
  return (value) => {
    const bounded = Math.min(most, Math.max(least, value));
    const share = (place(bounded) - place(least)) / (place(most) - place(least));
    return (from + share * (to - from)).toFixed(1);
  };
}
