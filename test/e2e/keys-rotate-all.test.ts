import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { toItem } from '../../lambda/aws/worker-key-item.ts';
import { findEvent, readEvents } from '../../operator/key-events.ts';
import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { findKey } from '../../operator/key-records.ts';
import { revokeKey } from '../../operator/revocation.ts';
import { FakeTerminal, runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { aRefusal } from './a-line.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import { holdAfter } from './break-off.ts';
import { breakOffOnce } from './broken-off-command.ts';
import { rotatingAll } from './broken-off-rotate-all.ts';
import { ISSUED, SHOWN } from './keys-command.ts';
import { until } from './until.ts';
import { issueVersion1 } from './version-1-key.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

const LINE = ISSUED.extend({ rotatedKeyId: z.string() });
const REQUEST = { label: 'press-7', domains: ['orders'], expiresAtMs: null };

const aKey = async (): Promise<IssuedKey> => issueKey(a.target, REQUEST, Date.now());

const keys = async (args: readonly string[], terminal = new FakeTerminal()) =>
  runProgram(['keys', ...args, '--local', '--state', a.statePath], terminal);

const rotateAll = async (...args: string[]) => keys(['rotate', '--all', '--overlap', '30d', '--yes', ...args]);

const toSuccessors = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => LINE.parse(JSON.parse(line)));

const heartbeat = async (key: { readonly keyId: string; readonly secret: string }): Promise<number> =>
  until('an answer but 503', async () => {
    const { status } = await new Worker(a.stack.relayUrl, key).heartbeat('orders', a.connection.task.taskToken);
    return status === 503 ? undefined : status;
  });

describe('keys rotate --all', () => {
  it('prints a successor with its secret on a line for each key, and rotates none of them again', async () => {
    const old = [await aKey(), await aKey()];
    const { exitCode, stdout, stderr } = await rotateAll('--output', 'json');
    expect(exitCode).toBe(0);
    const successors = toSuccessors(stdout);
    expect(successors.map(({ rotatedKeyId }) => rotatedKeyId)).toEqual(
      expect.arrayContaining(old.map(({ keyId }) => keyId)),
    );
    expect(stderr).toBe(`rotated ${successors.length} of ${successors.length} keys\n`);
    for (const key of [...successors, ...old]) expect(await heartbeat(key)).toBe(200);
    expect(await rotateAll('--output', 'json')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'no key is left to rotate\n',
    });
  });

  it('writes each successor to a file that only its owner can read, and prints no secret', async () => {
    using folder = new AFolder();
    const { keyId } = await aKey();
    const path = folder.state('successors');
    const { exitCode, stdout } = await rotateAll('--output', 'env', '--output-folder', path);
    expect(exitCode).toBe(0);
    const [file = '', ...others] = readdirSync(path);
    expect(others).toEqual([]);
    expect(stdout).toMatch(new RegExp(`^${keyId} is valid until \\S+Z, press-7: successor in ${path}/${file}\n$`));
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(`${path}/${file}`).mode & 0o777).toBe(0o600);
    const [, text = ''] = /^HEARTBEAT_KEY=(\S+)$/m.exec(readFileSync(`${path}/${file}`, 'utf8')) ?? [];
    const [successor = '', secret = ''] = text.split('.');
    expect(file).toBe(`${successor}.env`);
    expect(stdout).not.toContain(secret);
    expect(await heartbeat({ keyId: successor, secret })).toBe(200);
  });

  it('leaves revoked and ended keys alone', async () => {
    const [revoked, ended] = [
      await aKey(),
      await issueKey(a.target, { ...REQUEST, expiresAtMs: Date.now() - 1 }, Date.now()),
    ];
    await revokeKey(a.target, revoked.keyId);
    expect((await rotateAll('--output', 'json')).stderr).toBe('no key is left to rotate\n');
    for (const { keyId } of [revoked, ended]) {
      expect(findEvent(await readEvents(a.target, keyId), 'rotated')).toBeUndefined();
    }
  });

  it('names each key that fails, rotates the others, and ends with 1', async () => {
    const [altered, good, old] = [await aKey(), await aKey(), await issueVersion1(a.target, REQUEST, Date.now())];
    const { record } = await findKey(a.target, altered.keyId);
    const widened = 'grant' in record ? { ...record, grant: { ...record.grant, rate: 7 } } : record;
    await a.target.dynamodb.send(new PutItemCommand({ TableName: a.target.workerKeysTable, Item: toItem(widened) }));
    const { exitCode, stdout, stderr } = await rotateAll('--output', 'json');
    expect(exitCode).toBe(1);
    expect(toSuccessors(stdout)).toMatchObject([{ rotatedKeyId: good.keyId }]);
    expect(stderr).toMatch(
      new RegExp(`^${altered.keyId} press-7: ${altered.keyId} was altered since it was issued`, 'm'),
    );
    expect(stderr).toMatch(
      new RegExp(`^${old.keyId} press-7: .* is of version 1, without a seal, so name its domains`, 'm'),
    );
    expect(stderr).toMatch(/^rotated 1 of 3 keys\nnot rotated: 2 keys; the same command tries them again\n$/m);
    for (const { keyId } of [altered, old]) await revokeKey(a.target, keyId);
  });

  it('ends as soon as a secret reaches nobody, and the same command carries on', async () => {
    const old = [await aKey(), await aKey()];
    const closed = new FakeTerminal((terminal) => terminal.closePipe());
    const args = ['rotate', '--all', '--overlap', '30d', '--yes', '--output', 'json'];
    const first = await keys(args, closed);
    expect(first.exitCode).toBe(1);
    expect(first.stderr).toMatch(
      /^nobody read the secret of HBRK\w{16}, which follows HBRK\w{16} \(.*\): the same command/m,
    );
    const second = await rotateAll('--output', 'json');
    const rotated = [...toSuccessors(first.stdout), ...toSuccessors(second.stdout)].map(
      ({ rotatedKeyId }) => rotatedKeyId,
    );
    expect(rotated.sort()).toEqual(old.map(({ keyId }) => keyId).sort());
  });

  // A plan without a key; a key whose secret is in no file; all but the mark; the same as the second, for the second key.
  it.each([1, 3, 4, 8])('broken off after %i of its writes, is completed by the same command', async (writes) => {
    using folder = new AFolder();
    const scene = await rotatingAll(a, folder);
    expect(await breakOffOnce(a, scene, holdAfter, writes)).toBe(true);
    for (const key of scene.issued) expect(await heartbeat(key)).toBe(200);
  });

  it('completes a file that was cut off, and overwrites no other', async () => {
    using folder = new AFolder();
    const args = ['--output', 'json', '--output-folder', folder.path];
    const old = await aKey();
    expect((await rotateAll(...args)).exitCode).toBe(0);
    const [name = ''] = readdirSync(folder.path);
    const text = readFileSync(`${folder.path}/${name}`, 'utf8');
    writeFileSync(`${folder.path}/${name}`, text.slice(0, 9));
    await reopen(old);
    expect((await rotateAll(...args)).exitCode).toBe(0);
    expect(readFileSync(`${folder.path}/${name}`, 'utf8')).toBe(text);
    writeFileSync(`${folder.path}/${name}`, 'something else');
    await reopen(old);
    const refused = await rotateAll(...args);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('EEXIST');
    expect(readFileSync(`${folder.path}/${name}`, 'utf8')).toBe('something else');
    writeFileSync(`${folder.path}/${name}`, '');
    expect((await rotateAll(...args)).exitCode).toBe(0);
  });
});

/** As a command leaves it that was ended before the last step of a rotation. */
async function reopen({ keyId }: IssuedKey): Promise<void> {
  const { completedAt: _mark, ...rotated } = findEvent(await readEvents(a.target, keyId), 'rotated') ?? {};
  await a.target.dynamodb.send(new PutItemCommand({ TableName: a.target.keyEventsTable, Item: rotated }));
}

describe('keys rotate with another grant', () => {
  it('gives the new key the networks and the rate that are named, and refuses others when it is repeated', async () => {
    const { keyId } = await aKey();
    const args = ['rotate', keyId, '--overlap', '1h', '--network', '127.0.0.0/8', '--rate', '7'];
    const { stdout } = await keys([...args, '--output', 'json']);
    const successor = ISSUED.parse(JSON.parse(stdout));
    const shown = SHOWN.parse(JSON.parse((await keys(['show', successor.keyId, '--output', 'json'])).stdout));
    expect(shown).toMatchObject({ grant: { networks: ['127.0.0.0/8'], rate: 7 }, domains: ['orders'], seal: 'intact' });
    expect(await heartbeat(successor)).toBe(200);
    expect((await keys([...args, '--output', 'json'])).stdout).toBe(stdout);
    const other = ['rotate', keyId, '--overlap', '1h', '--network', '10.0.0.0/8', '--rate', '8'];
    const refused = /^the successor HBRK\w{16} is already planned, with other networks and another rate$/;
    expect(await keys(other)).toEqual(aRefusal(refused));
  });
});
