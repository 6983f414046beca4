import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type AStack, startStack } from '../e2e/a-stack.ts';
import { sendHeartbeat } from './sdk-client-call.ts';
import { SDK_CLIENTS } from './sdk-clients.rows.ts';
import { answered, COMMAND, refused } from './worker-cli.ts';

/** A call takes most of a second of a processor. */
vi.setConfig({ maxConcurrency: 3 });

const client = SDK_CLIENTS.find(({ name }) => name === 'AWS CLI v1');
const installed = client?.install();

type Variables = Readonly<Record<string, string | undefined>>;

describe.skipIf(client === undefined || installed === undefined).concurrent('the AWS CLI, version 1', () => {
  let home: string;
  let stack: AStack;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'relay-worker-home-'));
    stack = await startStack();
  });
  afterAll(async () => {
    await stack.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** @param args instead of those that send a heartbeat. */
  const play = async (environment: Variables = {}, args?: readonly string[]) => {
    if (client === undefined || installed === undefined) throw new Error('the test is skipped where there is none');
    const { connection } = stack;
    const played = args === undefined ? installed : { ...installed, args: () => args };
    const endpoint = `${connection.relayUrl}/domains/orders`;
    return sendHeartbeat(client, played, { connection, home, endpoint, environment });
  };

  it('reads the region from AWS_DEFAULT_REGION, and not from AWS_REGION', async () => {
    const stderr: unknown = expect.stringContaining('You must specify a region');
    const { region } = stack.connection;
    expect(await play()).toEqual(answered(false));
    expect(await play({ AWS_DEFAULT_REGION: undefined, AWS_REGION: region })).toEqual({
      exitCode: 255,
      stdout: '',
      stderr,
    });
  });

  it('ends with 2 where an option is missing, and with 255 for all else', async () => {
    expect(await play({}, ['-m', 'awscli', ...COMMAND])).toMatchObject({ exitCode: 2 });
    const keyless = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    expect(await play(keyless)).toMatchObject({ exitCode: 255 });
    const fault = refused('UnrecognizedClientException', 'The security token included in the request is invalid.');
    expect(await play({ AWS_SECRET_ACCESS_KEY: 'x' })).toEqual({ ...fault, exitCode: 255 });
  });
});
