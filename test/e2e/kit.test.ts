import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ROOT } from './a-process.ts';
import { type AStack, startStack } from './a-stack.ts';
import { shown } from './kit-page.ts';
import type { Kit } from './kit-scene.ts';
import { playAll, type Played, playedOf, typeShown } from './kit-play.ts';
import { SITUATIONS } from './kit-situations.ts';

/** On the Node that runs this test. */
const NODE: Kit = {
  name: 'the Node command',
  command: `node ${ROOT}worker/src/cli.ts`,
  path: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
};

const MAX_LINES = 120;

/** Shown for the reader to type, not by an example; the last needs the AWS CLI. */
const BY_HAND = ['try', 'heartbeat'];
const WITH_AWS_CLI = 'aws-cli';

let a: AStack;
let plays: readonly Played[];
beforeAll(async () => {
  a = await startStack({ maxContainers: 1 });
  plays = await playAll([NODE], a);
});
afterAll(() => a.close());

describe('the Node command', () => {
  it.each(Object.keys(SITUATIONS))('%s', async (name) => {
    await expect(playedOf(plays, NODE, name)).resolves.toBeUndefined();
  });
});

describe("the partner's page", () => {
  it.each(BY_HAND)('shows what really happens: %s', async (name) => {
    const printed = await typeShown(name, NODE, a);
    expect(printed.here).toBe(printed.shown);
  });

  it('shows nothing that no test runs', () => {
    const played = Object.values(SITUATIONS).flatMap(({ shownAs }) => shownAs ?? []);
    expect([...shown.keys()].toSorted()).toEqual([...BY_HAND, WITH_AWS_CLI, ...played].toSorted());
  });

  it(`has at most ${MAX_LINES} lines`, () => {
    const lines = readFileSync(join(ROOT, 'docs/worker.md'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
  });
});
