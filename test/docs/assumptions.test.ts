import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { STORY } from '../../cli/verify/story.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, DOCS), 'utf8');

const page = read('assumptions.md');
const HEAD = '| assumption | source | if it is wrong | `verify` |';

/** The cells of every row of the page's tables. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && line !== HEAD)
  .map((line) => line.replace(/^\| | \|$/g, '').split(' | '));

const named = rows.flatMap((cells) =>
  Array.from((cells[3] ?? '').matchAll(/`(?<name>[^`]+)`/g), ({ groups }) => groups?.['name'] ?? ''),
);
const lines = STORY.map(({ name }) => name);

describe('docs/assumptions.md', () => {
  it('says of each assumption where it was read, the effect if it is wrong, and the line that shows it', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter((cells) => cells.length !== 4 || cells.some((cell) => cell.trim() === ''))).toEqual([]);
    expect(rows.filter(([, , , shownBy = '']) => !/^(?:–|`[^`]+`(?:, `[^`]+`)*)$/.test(shownBy))).toEqual([]);
  });

  it('names only lines that verify prints', () => {
    expect(named.filter((name) => !lines.includes(name))).toEqual([]);
  });

  it('names every line that verify prints', () => {
    expect(lines.filter((name) => !named.includes(name))).toEqual([]);
  });

  it('is the one table of assumptions: the README and every page that speaks of them link to it', () => {
    // The page of the contract is about SWF and its imitations, not about the relay.
    const others = new Set(['assumptions.md', 'swf-contract.md']);
    const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md') && !others.has(name));
    const all = [...pages, '../README.md'].map((name) => ({ name, text: read(name) }));
    const own = all.filter(({ text }) => /^\|(?=.*assum|.*if it is wrong|.*where it is `FAIL`).*\|$/im.test(text));
    expect(own.map(({ name }) => name)).toEqual([]);
    const linking = all.filter(({ text }) => text.includes('assumptions.md)')).map(({ name }) => name);
    expect(linking.toSorted()).toEqual(expect.arrayContaining(['../README.md', 'threat-model.md', 'verify.md']));
    const silent = all.filter(({ name, text }) => /\bassum(?:es|ed|ption)/.test(text) && !linking.includes(name));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
