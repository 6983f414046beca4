import { readFileSync } from 'node:fs';

import * as sdk from '@aws-sdk/client-swf';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { behaviours, testCount, titles, toPattern } from './contract-titles.ts';

const page = readFileSync(new URL('../../docs/swf-contract.md', import.meta.url), 'utf8');

/** The pages of the Amazon SWF Developer Guide that the labels may name. */
const GUIDE = new Set(['programming-priority', 'swf-dev-tasks', 'swf-dg-task-cancellation', 'swf-timeout-types']);

const exported = new Map<string, unknown>(Object.entries(sdk));
const SCHEMA = z.tuple([z.unknown(), z.unknown(), z.string(), z.unknown(), z.array(z.string())]).rest(z.unknown());
const ENUMERATION = z.record(z.string(), z.string());

/** The members of a structure, or the values of an enumeration, of the API model. */
function membersOf(shape: string): readonly string[] {
  const structure = SCHEMA.safeParse(exported.get(`${shape}$`));
  return structure.success ? structure.data[4] : Object.keys(ENUMERATION.parse(exported.get(shape) ?? {}));
}

/** Whether the API model has this: `api Operation`, `api Structure`, `model Shape.member`, or a page of the guide. */
function exists(source: string): boolean {
  const [kind, name = '', ...rest] = source.split(' ');
  if (/^assumed(?:: \S.*)?$/.test(source)) return true;
  if (rest.length > 0) return false;
  if (kind === 'api') return exported.has(`${name}Command`) || exported.has(`${name}$`);
  if (kind === 'guide') return GUIDE.has(name);
  const [shape = '', member = ''] = name.split('.');
  return kind === 'model' && membersOf(shape).some((known) => toPattern(member).test(known));
}

describe('the contract of SWF', () => {
  it('names a source for every behaviour, or says "assumed"', () => {
    expect(titles).toHaveLength(testCount);
    expect(titles.filter((title) => !/ \[[^[\]]+\]$/.test(title))).toEqual([]);
    const wrong = behaviours.flatMap(({ source }) => source.split('; ').filter((part) => !exists(part)));
    expect(wrong).toEqual([]);
  });

  it.each([
    'api NoSuch',
    'model RegisterDomainInput.none',
    'model NoSuch.name',
    'guide swf-none',
    'api',
    'emulators',
    'assumed:',
  ])('does not take %j as a source', (source) => {
    expect(exists(source)).toBe(false);
  });
});

describe('docs/swf-contract.md', () => {
  it('tells only of behaviours that the contract has', () => {
    const [, table = ''] = page.split('| behaviour | moto | which of the two is right |\n| --- | --- | --- |\n');
    const rows = (table.split('\n\n')[0] ?? '')
      .split('\n')
      .map((row) => row.split(' | ')[0]?.replace(/^\| /, '') ?? '');
    expect(rows.length).toBeGreaterThan(20);
    const patterns = behaviours.map(({ behaviour }) => toPattern(behaviour));
    expect(rows.filter((row) => !patterns.some((pattern) => pattern.test(row)))).toEqual([]);
  });

  it.each([...GUIDE])('links the page %s of the Developer Guide', (name) => {
    expect(page).toContain(`https://docs.aws.amazon.com/amazonswf/latest/developerguide/${name}.html`);
  });
});
