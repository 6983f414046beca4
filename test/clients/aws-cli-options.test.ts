import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type AStack, startStack } from '../e2e/a-stack.ts';
import { recordedHeartbeats } from '../e2e/swf-journal.ts';
import { openDeafPort } from './silent-port.ts';
import { runProgram } from './program.ts';
import { COMMAND, recordHeartbeat, toWorkerEnvironment, writeProfile } from './worker-cli.ts';
import { CONNECTION_ROWS } from './aws-cli-connection.rows.ts';
import { INPUT_ROWS } from './aws-cli-input.rows.ts';
import { OUTPUT_ROWS } from './aws-cli-output.rows.ts';
import type { OptionRow, Place, STACKS } from './aws-cli-row.ts';
import { findAwsCli } from './aws-cli.ts';

const found = await findAwsCli();
if (found === undefined) process.stderr.write('skipped: the options of the AWS CLI, for there is no version 2\n');
const { program = '' } = found ?? {};

/** A call takes most of a second of a processor. */
vi.setConfig({ maxConcurrency: 3 });

const ROWS = [...INPUT_ROWS, ...OUTPUT_ROWS, ...CONNECTION_ROWS].map((row, index) => Object.assign({ index }, row));
type IndexedRow = (typeof ROWS)[number];

describe.skipIf(found === undefined)('aws swf record-activity-task-heartbeat at the relay', () => {
  let home: string;
  let stacks: Readonly<Record<(typeof STACKS)[number], AStack>>;
  let deaf: Awaited<ReturnType<typeof openDeafPort>>;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'relay-worker-home-'));
    const [steady, hanging, tls] = await Promise.all([
      startStack(),
      startStack({ maxContainers: 3, faults: ['swf=hang'], containerEnvironment: {} }),
      startStack({ tls: true }),
    ]);
    stacks = { steady, hanging, tls };
    deaf = await openDeafPort();
    writeProfile(steady.connection, home);
  });
  afterAll(async () => {
    await Promise.all([stacks.steady, stacks.hanging, stacks.tls, deaf].map((one) => one.close()));
    rmSync(home, { recursive: true, force: true });
  });

  const stackOf = ({ stack = 'steady' }: OptionRow): AStack => stacks[stack];

  const placeOf = (row: IndexedRow): Place => {
    const { connection } = stackOf(row);
    const details = row.details ?? `row-${row.index}`;
    const { taskToken } = connection.task;
    const endpoint = ['--endpoint-url', `${connection.relayUrl}/domains/${connection.domain}`];
    const heartbeat = [...endpoint, '--task-token', taskToken, '--details', details];
    const file = (name: string, content: string): string => {
      const folder = join(home, `row-${row.index}`);
      mkdirSync(folder);
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    return { connection, details, taskToken, endpoint, heartbeat, file, deafUrl: deaf.url };
  };

  describe.concurrent('each option, by each of its uses', () => {
    it.each(ROWS)('$option $given', async (row) => {
      const place = placeOf(row);
      const { connection, details } = place;
      const ended = await recordHeartbeat(program, {
        args: row.args(place),
        environment: { ...toWorkerEnvironment(connection, home), ...row.environment },
        ...(row.terminal === undefined ? {} : { terminal: row.terminal }),
      });
      expect(ended).toEqual(row.ends);
      const isRecorded = recordedHeartbeats(stackOf(row).statePath).some((heartbeat) => heartbeat.details === details);
      expect({ isRecorded }).toEqual({ isRecorded: row.isRecorded });
    });
  });

  it("leaves no secret, token, signature or details in the relay's own lines", () => {
    const all = [stacks.steady, stacks.hanging, stacks.tls];
    const lines = all.flatMap(({ logLines }) => logLines).join('\n');
    expect(lines).toMatch(/"code":"InvalidTaskToken"/);
    const secrets = all.flatMap(({ connection: { worker, task } }) => [worker.secret, task.taskToken]);
    const details = ROWS.map((row) => placeOf(row).details);
    const kept = [...secrets, ...details, 'aB3+/=', 'Signature='].filter((text) => lines.includes(text));
    expect(kept).toEqual([]);
  });

  it('knows every option of the command that this AWS CLI documents', async () => {
    const environment = { ...toWorkerEnvironment(stacks.steady.connection, home), GROFF_NO_SGR: '1' };
    const { stdout } = await runProgram(program, [...COMMAND, 'help'], environment);
    // A letter is made bold by striking it twice, with a backspace between.
    const [, synopsis = ''] = stdout.replaceAll(/.[\b]/g, '').split(/^(?:SYNOPSIS|OPTIONS)$/m);
    const documented = [...synopsis.matchAll(/--[a-z-]+/g)].map(([option]) => option);
    expect(documented.length).toBeGreaterThan(20);
    expect(new Set(ROWS.map(({ option }) => option))).toEqual(new Set(documented));
  });
});
