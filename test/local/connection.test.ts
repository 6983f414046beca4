import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { type Connection, NotRunningError, readConnection } from '../../local/connection.ts';

const connection: Connection = {
  relayUrl: 'http://127.0.0.1:8787',
  awsUrl: 'http://127.0.0.1:8788',
  region: 'eu-west-1',
  accountId: '123456789012',
  operator: { accessKeyId: 'AKIA', secretAccessKey: 's' },
  domain: 'orders',
  worker: { keyId: 'HBRK', secret: 's' },
  task: { taskToken: 't', taskId: 'i', workflowId: 'w', runId: 'r', activityId: 'a' },
};

function aStateFolder(content?: string, holder = process.pid): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-state-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'lock'), `${holder}`);
  if (content !== undefined) writeFileSync(join(folder, 'connection.json'), content);
  return folder;
}

describe('readConnection', () => {
  it('reads what a running stack left', () => {
    expect(readConnection(aStateFolder(JSON.stringify(connection)))).toEqual(connection);
  });

  it('does not take what a killed one left', async () => {
    const gone = spawn(process.execPath, ['--version']);
    await once(gone, 'exit');
    const folder = aStateFolder(JSON.stringify(connection), gone.pid);
    expect(() => readConnection(folder)).toThrow(NotRunningError);
  });

  it.each([
    { given: 'no file', content: undefined },
    { given: 'half a file', content: JSON.stringify(connection).slice(0, 40) },
    { given: 'a file of another form', content: JSON.stringify({ ...connection, operator: undefined }) },
  ])('says how to start a stack where there is $given', ({ content }) => {
    const folder = aStateFolder(content);
    const message = `no local stack runs on ${folder}: start one with npm start`;
    expect(() => readConnection(folder)).toThrow(NotRunningError);
    expect(() => readConnection(folder)).toThrow(message);
  });
});
