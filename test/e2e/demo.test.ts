import { readdirSync } from 'node:fs';

import { expect, it } from 'vitest';

import { AFolder } from './a-folder.ts';
import { runNode } from './a-process.ts';

it('the demo tells its five steps in order, and leaves nothing behind', async () => {
  using temporary = new AFolder();
  const { exitCode, stdout, stderr } = await runNode(['cli/heartbeat-relay.mjs', 'demo'], { TMPDIR: temporary.path });
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => /^ok {2}(?<step>\w+(?: \w+)?) {2,}\S/.exec(line)?.groups?.['step'])).toEqual([
    'heartbeat',
    'cancel',
    'other domain',
    'outage',
    'timeout',
  ]);
  expect(readdirSync(temporary.path)).toEqual([]);
});
