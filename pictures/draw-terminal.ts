import { escapeXml } from './svg.ts';

/** A line that a command printed. */
export interface TypedLine {
  readonly text: string;
  /** Since the command was started. */
  readonly atMs: number;
}

const COLUMNS = 110;
const CHARACTER_WIDTH = 7.8;
const LINE_HEIGHT = 19;
const [LEFT, TOP] = [16, 58];

/** The lines appear when they were printed. Where the reader wants no motion, all of them are there at once. */
const STYLE = [
  'text{fill:#e6eeec;font:13px ui-monospace,Menlo,Consolas,monospace;white-space:pre}.ok{fill:#7fd68f}.prompt{fill:#6fd3bf}',
  '@media(prefers-reduced-motion:no-preference){.line{opacity:0;animation:show .2s forwards}}@keyframes show{to{opacity:1}}',
].join('');

/** Draws a terminal in which a command was typed. Long lines go on in the next row. */
export function drawTerminal(command: string, lines: readonly TypedLine[]): string {
  const rows = lines.flatMap(({ text, atMs }) => wrap(text).map((row) => ({ row, atMs })));
  const width = Math.ceil(COLUMNS * CHARACTER_WIDTH) + 2 * LEFT;
  const height = TOP + (rows.length + 1) * LINE_HEIGHT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(`A terminal in which ${command} runs`)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#101615"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, index) => `<circle cx="${20 + index * 18}" cy="20" r="6" fill="${fill}"/>`,
    ),
    `<text x="${LEFT}" y="${TOP}"><tspan class="prompt">$ </tspan>${escapeXml(command)}</text>`,
    ...rows.map(({ row, atMs }, index) => drawRow(row, atMs, TOP + (index + 1) * LINE_HEIGHT)),
    '</svg>',
    '',
  ].join('\n');
}

function drawRow(row: string, atMs: number, y: number): string {
  const [, ok = '', rest = ''] = /^(ok)?(.*)$/.exec(row) ?? [];
  const mark = ok === '' ? '' : `<tspan class="ok">${ok}</tspan>`;
  const style = `animation-delay:${(atMs / 1_000).toFixed(1)}s`;
  return `<text class="line" style="${style}" x="${LEFT}" y="${y}">${mark}${escapeXml(rest)}</text>`;
}

/** Splits a line at spaces or commas, and indents what follows. */
function wrap(text: string): string[] {
  if (text.length <= COLUMNS) return [text];
  const head = text.slice(0, COLUMNS);
  const end = Math.max(head.lastIndexOf(' '), head.lastIndexOf(',')) + 1 || COLUMNS;
  return [text.slice(0, end), ...wrap(`${' '.repeat(INDENT)}${text.slice(end)}`)];
}

/** Where the demo's sentences begin. */
const INDENT = 18;
