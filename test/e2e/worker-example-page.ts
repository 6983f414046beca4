import { readFileSync } from 'node:fs';

const PAGE = new URL('../../docs/worker.md', import.meta.url);

export const page = readFileSync(PAGE, 'utf8');

/** A command as the partner's page shows it, with what it prints. */
export interface Shown {
  readonly command: string;
  readonly output: string;
}

/** A block that follows `<!-- shown: name -->`; a backslash at the end of a line continues its command. */
const BLOCK =
  /<!-- shown: (?<name>[\w-]+) -->\n```console\n\$ (?<command>(?:[^\n]*\\\n)*[^\n]*)\n(?<output>[^]*?)\n```/g;

/** All that the page shows, by name. */
export const shown: ReadonlyMap<string, Shown> = new Map(
  [...page.matchAll(BLOCK)].map(({ groups: { name = '', command = '', output = '' } = {} }) => [
    name,
    { command, output },
  ]),
);

/** Each language has its own words for why there was no answer. */
export function maskedCause(text: string): string {
  return text.trim().replaceAll(/no answer \(.*\)/g, 'no answer (…)');
}
