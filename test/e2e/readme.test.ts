import { exec } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Connection } from '../../local/connection.ts';
import { masked, readme, readPage, recordingOf } from '../docs/recordings.ts';
import { toVariables } from '../lib/synthesis.ts';
import { AFolder } from './a-folder.ts';
import { AStart } from './a-process.ts';

const shell = promisify(exec);
const page = readPage('docs/local.md');
const RELAY = 'http://127.0.0.1:8787';
const AWS = 'http://127.0.0.1:8788';
const CONSOLE = 'http://127.0.0.1:8789';

/** The pages are recorded with the default ports and folder; this run has others, so that it disturbs nobody. */
const folder = new AFolder();
const state = folder.state();
let start: AStart;
let connection: Connection;

beforeAll(async () => {
  start = new AStart(state);
  connection = await start.ready();
});

afterAll(async () => {
  await start.signal('SIGINT');
  folder[Symbol.dispose]();
});

describe('the README and docs/local.md, run as they are recorded', () => {
  it('npm start', () => {
    const [recorded] = recordingOf('start', page);
    // A line for each heartbeat follows.
    const [steps = ''] = /^.* Ctrl-C stops\.$/ms.exec(start.printed) ?? [];
    const here = steps
      .replaceAll(connection.relayUrl, RELAY)
      .replaceAll(connection.awsUrl, AWS)
      .replaceAll(connection.consoleUrl ?? '', CONSOLE)
      .replaceAll(` --state ${state}`, '')
      .replaceAll(state, '.local');
    expect(here).toBe(recorded?.output);
  });

  it('one heartbeat, and the four steps', async () => {
    for (const { command, output } of [...recordingOf('heartbeat', readme), ...recordingOf('steps', page)]) {
      const here = command.replaceAll(RELAY, connection.relayUrl).replaceAll('.local', state);
      const complete = here.startsWith('npm') ? `${here} --state ${state}` : here;
      const { stdout } = await shell(complete);
      expect({ command, printed: masked(stdout) }).toEqual({ command, printed: masked(output) });
    }
  });

  it('npm run demo, which leaves nothing behind', async () => {
    const [recorded] = recordingOf('demo', page);
    using temporary = new AFolder();
    const env = { ...process.env, TMPDIR: temporary.path };
    const { stdout, stderr } = await shell(recorded?.command ?? '', { env });
    expect({ stderr, printed: masked(stdout) }).toEqual({ stderr: '', printed: masked(recorded?.output ?? '') });
    expect(readdirSync(temporary.path)).toEqual([]);
  });

  it('cdk synth, offline', async () => {
    const [recorded] = recordingOf('synth', readPage('docs/operating.md'));
    const output = join(state, 'cdk.out');
    // The same template was validated before it was started.
    const env = { ...process.env, ...toVariables('unvalidated') };
    await expect(shell(`${recorded?.command ?? ''} --output ${output}`, { env })).resolves.toBeDefined();
  });
});
