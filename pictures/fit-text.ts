import { escapeXml } from './svg.ts';

export interface Font {
  readonly size: number;
  readonly isBold?: boolean;
}

/**
 * Widths of characters in parts of the font's size, at least those of DejaVu Sans. A reader's system-ui is unknown, and DejaVu is the
 * widest of those that systems use; in others the text ends earlier.
 */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ilj.,:;'|!/\\ ]/, 0.34],
  [/[ftrI()[\]{}"-]/, 0.46],
  [/[mwMW@%…]/, 1.02],
  [/[A-Z&+<>=#~]/, 0.84],
];
const OTHERS = 0.65;
const BOLD = 1.14;

export const widthOf = (text: string, { size, isBold = false }: Font): number =>
  Array.from(text).reduce((width, character) => width + toWidth(character), 0) * size * (isBold ? BOLD : 1);

const toWidth = (character: string): number => WIDTHS.find(([form]) => form.test(character))?.[1] ?? OTHERS;

export interface Limits extends Font {
  readonly width: number;
  /** What does not fit on the last line ends in "…". */
  readonly maxLines?: number;
}

/** Breaks a text between words, and a word only if it is longer than a line. */
export function wrapText(text: string, { maxLines = Infinity, ...limits }: Limits): readonly string[] {
  const fits = (line: string): boolean => widthOf(line, limits) <= limits.width;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakWord(word, fits);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  if (line !== '') lines.push(line);
  if (lines.length <= maxLines) return lines;
  const kept = lines.slice(0, maxLines);
  return [...kept.slice(0, -1), cut(kept.at(-1) ?? '', fits)];
}

function breakWord(word: string, fits: (line: string) => boolean): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && !fits(piece + character)) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}

function cut(line: string, fits: (line: string) => boolean): string {
  let kept = line;
  while (kept !== '' && !fits(`${kept}…`)) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}

/** One text of several lines below each other. */
export function drawLines(
  lines: readonly string[],
  { x, y, lineHeight }: { readonly x: number; readonly y: number; readonly lineHeight: number },
  attributes: string,
): string {
  const [first = '', ...others] = lines.map(escapeXml);
  const spans = others.map((line) => `<tspan x="${x}" dy="${lineHeight}">${line}</tspan>`);
  return `<text ${attributes} x="${x}" y="${y}">${first}${spans.join('')}</text>`;
}
