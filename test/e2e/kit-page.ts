import { readFileSync } from 'node:fs';

const PAGES = ['worker', 'aws-clients'].map((name) => new URL(`../../docs/${name}.md`, import.meta.url));

const pages = PAGES.map((page) => readFileSync(page, 'utf8')).join('\n');

/** What the pages show for a kit: each kit's own command takes its place. */
export const PAGE_COMMAND = 'npx swf-heartbeat-worker';

/** A command as the partner's page shows it, with what it prints. */
export interface Shown {
  readonly command: string;
  readonly output: string;
}

/** A block that follows `<!-- shown: name -->`; a backslash at the end of a line continues its command. */
const BLOCK =
  /<!-- shown: (?<name>[\w-]+) -->\n```console\n\$ (?<command>(?:[^\n]*\\\n)*[^\n]*)\n(?<output>[^]*?)\n```/g;

/** All that the pages show, by name. */
export const shown: ReadonlyMap<string, Shown> = new Map(
  [...pages.matchAll(BLOCK)].map(({ groups: { name = '', command = '', output = '' } = {} }) => [
    name,
    { command, output },
  ]),
);

/** On a busy machine, a request may get no answer in time: nobody shows these lines, and each kit has its own cause. */
export function withoutLateAnswers(text: string): string {
  const lines = text.trim().split('\n');
  const kept = lines.filter((line) => !/^heartbeat: not recorded: no (?:answer|key \(no answer in time\))/.test(line));
  return kept.filter((line, index) => line !== kept[index - 1]).join('\n');
}
