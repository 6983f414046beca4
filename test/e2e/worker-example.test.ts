import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type AStack, startStack } from './a-stack.ts';
import { shown } from './worker-example-page.ts';
import type { Example } from './worker-example-scene.ts';
import { playAll, type Played, playedOf, typeShown } from './worker-example-play.ts';
import { SITUATIONS } from './worker-example-situations.ts';

/** Bash takes a few more: it has to be told what the others do by themselves. */
const MAX_LINES = { 'worker.sh': 44, 'worker.py': 41, 'worker.mjs': 41 };

/** On the Node that runs this test. */
const EXAMPLE: Example = {
  file: 'worker.mjs',
  command: 'node worker.mjs',
  path: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
};

/** Shown for the reader to type, not by an example; the last needs the AWS CLI. */
const BY_HAND = ['try', 'beat'];
const WITH_AWS_CLI = 'aws-cli';

const read = (file: string): string => readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8');

let a: AStack;
let plays: readonly Played[];
beforeAll(async () => {
  a = await startStack({ maxContainers: 1 });
  plays = await playAll([EXAMPLE], a);
});
afterAll(() => a.close());

describe('worker.mjs', () => {
  it.each(Object.keys(SITUATIONS))('%s', async (name) => {
    await expect(playedOf(plays, EXAMPLE, name)).resolves.toBeUndefined();
  });

  it('imports nothing but what Node brings', () => {
    const imported = [...read('worker.mjs').matchAll(/\bfrom '(?<name>[^']+)'/g)].map(({ groups }) => groups?.['name']);
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((name = '') => !name.startsWith('node:') || !isBuiltin(name))).toEqual([]);
    expect(read('worker.mjs')).not.toMatch(/\bimport\(|\brequire\b/);
  });
});

describe("the partner's page", () => {
  it.each(BY_HAND)('shows what really happens: %s', async (name) => {
    const printed = await typeShown(name, EXAMPLE, a);
    expect(printed.here).toBe(printed.shown);
  });

  it('shows nothing that no test runs', () => {
    const played = Object.values(SITUATIONS).flatMap(({ shownAs }) => shownAs ?? []);
    expect([...shown.keys()].toSorted()).toEqual([...BY_HAND, WITH_AWS_CLI, ...played].toSorted());
  });

  it.each(Object.entries(MAX_LINES))('%s has at most %i lines, none too long to read', (file, maxLines) => {
    const lines = read(file).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(maxLines);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });
});
