import type { Terminal } from '../terminal.ts';
import type { Line } from './story.ts';

const WORDS = { ok: 'ok  ', fail: 'FAIL', skip: 'skip' } as const;
const STYLES = { ok: 'green', fail: 'red', skip: 'gray' } as const;
const NAME_WIDTH = 14;

/** A check's line for people. */
export function toLineText({ kind, name, text }: Line, terminal: Pick<Terminal, 'style'>): string {
  return `${terminal.style(STYLES[kind], WORDS[kind])}  ${name.padEnd(NAME_WIDTH)}  ${text}\n`;
}

/** The last line: how many checks ended how, and how long they took. */
export function toSummary(lines: readonly Line[], elapsedMs: number): string {
  const count = (kind: Line['kind']): number => lines.filter((line) => line.kind === kind).length;
  return `${count('ok')} ok, ${count('fail')} failed, ${count('skip')} skipped in ${Math.round(elapsedMs / 1000)} s`;
}
