/** Text as it stands in XML. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Colours that follow the reader's colour scheme. */
export const COLOURS =
  ':root{--page:#fff;--card:#f4f6f5;--text:#14201d;--muted:#4a5a56;--line:#9aa8a4;--accent:#0b5d4e}' +
  '@media(prefers-color-scheme:dark){:root{--page:#101615;--card:#182120;--text:#e6eeec;--muted:#a5b5b1;--line:#5a6a66;--accent:#6fd3bf}}' +
  'text{fill:var(--text)}.muted{fill:var(--muted)}.page{fill:var(--page)}.card{fill:var(--card);stroke:var(--line)}';

/** A whole picture. The title is what a screen reader says. */
export function toSvg(
  title: string,
  { width, height }: Pick<Box, 'width' | 'height'>,
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui,sans-serif" font-size="13">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${COLOURS}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
