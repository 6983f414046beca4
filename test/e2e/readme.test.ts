import { exec, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { masked, recordingOf } from '../docs/recordings.ts';

const shell = promisify(exec);
const RELAY = 'http://127.0.0.1:8787';
const AWS = 'http://127.0.0.1:8788';

/** The README is recorded with the default ports and folder; this run has others, so that it disturbs nobody. */
const state = mkdtempSync(join(tmpdir(), 'heartbeat-relay-readme-'));
let started: ChildProcess;
let printed = '';
let relayUrl = '';
let awsUrl = '';

beforeAll(async () => {
  started = spawn(process.execPath, [
    'cli/heartbeat-relay.mjs',
    'start',
    '--port',
    '0',
    '--aws-port',
    '0',
    '--state',
    state,
  ]);
  await new Promise<void>((resolve, reject) => {
    started.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes('Ctrl-C stops.')) resolve();
    });
    started.once('exit', () => reject(new Error(`npm start ended: ${printed}`)));
  });
  [, relayUrl = '', awsUrl = ''] = /relay (\S+) +AWS endpoint (\S+)/.exec(printed) ?? [];
});

afterAll(async () => {
  const ended = new Promise((resolve) => void started.once('exit', resolve));
  started.kill('SIGINT');
  await ended;
  rmSync(state, { recursive: true, force: true });
});

describe('the README, run as it is recorded', () => {
  it('npm start', () => {
    const [recorded] = recordingOf('start');
    const here = printed
      .replaceAll(relayUrl, RELAY)
      .replaceAll(awsUrl, AWS)
      .replaceAll(` --state ${state}`, '')
      .replaceAll(state, '.local');
    expect(here.trim()).toBe(recorded?.output);
  });

  it('the four steps', async () => {
    for (const { command, output } of recordingOf('steps')) {
      const here = command.replaceAll(RELAY, relayUrl).replaceAll('.local', state);
      const complete = here.startsWith('npm') ? `${here} --state ${state}` : here;
      const { stdout } = await shell(complete);
      expect({ command, printed: masked(stdout) }).toEqual({ command, printed: masked(output) });
    }
  });

  it('npm run demo', async () => {
    const [recorded] = recordingOf('demo');
    const { stdout } = await shell(recorded?.command ?? '');
    expect(masked(stdout)).toBe(masked(recorded?.output ?? ''));
  });

  it('cdk synth, offline', async () => {
    const [recorded] = recordingOf('synth');
    const output = join(state, 'cdk.out');
    await expect(shell(`${recorded?.command ?? ''} --output ${output}`)).resolves.toBeDefined();
  });
});
