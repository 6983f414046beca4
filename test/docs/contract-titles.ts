import { readdirSync, readFileSync } from 'node:fs';

import { type Behaviour, parseTitle } from '../swf-contract/behaviour.ts';

const FOLDER = new URL('../swf-contract/', import.meta.url);

/** The sources of the contract tests. */
const sources = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'));

/** A call of `it`, or of what `it.for` returns, and the title in it. */
const TITLE = /(?:\bit\(|\]\)\()\s*(?<quote>['`])(?<title>.*?)\k<quote>,/g;

/** Every title as the source has it, with its placeholders. */
export const titles: readonly string[] = sources.flatMap((source) =>
  Array.from(source.matchAll(TITLE), ({ groups }) => groups?.['title'] ?? ''),
);

/** How many tests the sources have, in whatever form. */
export const testCount = sources.join('\n').match(/\bit(?:\.for)?\(/g)?.length ?? 0;

export const behaviours: readonly Behaviour[] = titles.flatMap((title) => parseTitle(title) ?? []);

const PLACEHOLDER = /\$(?:\{[\w.]+\}|[\w.]+)/;

/** Matches what a text with placeholders may become. */
export function toPattern(text: string): RegExp {
  const parts = text
    .split(new RegExp(PLACEHOLDER, 'g'))
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.+')}$`);
}
