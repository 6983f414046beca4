import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { FakeTerminal, runProgram } from '../cli/fake-terminal.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import { ISSUED, type IssuedJson, KeysCommand } from './keys-command.ts';
import { UNHURRIED_SINCE_ITS_START } from '../unhurried.ts';
import { until } from './until.ts';

let a: AStack;
let keys: KeysCommand;
let foreignToken: string;
beforeAll(async () => {
  a = await startStack({ containerEnvironment: UNHURRIED_SINCE_ITS_START });
  keys = new KeysCommand(a.statePath);
  const heartbeat: unknown = JSON.parse(readFileSync(`${a.statePath}/heartbeat-billing.json`, 'utf8'));
  foreignToken = z.object({ taskToken: z.string() }).parse(heartbeat).taskToken;
});
afterAll(() => a.close());

const DAY_MS = 86_400_000;
const toDay = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** The status of a heartbeat in the key's domain `orders`. After a 503 of a cold container on a busy machine, it sends another. */
const heartbeat = async (key: IssuedJson): Promise<number> =>
  until('an answer but 503', async () => {
    const { status } = await new Worker(a.stack.relayUrl, key).heartbeat('orders', a.connection.task.taskToken);
    return status === 503 ? undefined : status;
  });

/** Each step stands on the one before. */
describe("a partner's key, from its issue to its end", () => {
  let first: IssuedJson;
  let second: IssuedJson;
  let oldEndsAt = '';

  it('is issued for two domains, and good in both', async () => {
    const options = [
      '--domain',
      'orders',
      '--domain',
      'billing',
      '--label',
      'Ada & Co, press 7',
      '--expires-in',
      '90d',
    ];
    first = await keys.issue(...options);
    await keys.issue('--domain', 'orders', '--label', 'idle');
    const worker = new Worker(a.stack.relayUrl, first);
    const granted = { status: 200, body: { forwarded: true } };
    expect(await worker.heartbeat('orders', a.connection.task.taskToken)).toMatchObject(granted);
    expect(await worker.heartbeat('billing', foreignToken)).toMatchObject(granted);
  });

  it('is listed as seen today, and the key that nobody used as never seen', async () => {
    const days = [toDay(Date.now())];
    const listed = await keys.list('--label', 'press 7');
    days.push(toDay(Date.now()));
    const { keyId, label, domains, expiresAt } = first;
    expect(listed).toMatchObject([{ keyId, label, domains, expiresAt, status: 'active' }]);
    expect(days).toContain(listed[0]?.lastSeenOn);
    expect(await keys.list('--label', 'idle')).toMatchObject([{ status: 'active', lastSeenOn: null }]);
    expect(await keys.show(keyId)).toEqual({ ...listed[0], endpoints: first.endpoints });
  });

  it('is rotated: its successor has the same label, domains and lifetime, and both are good', async () => {
    const rotated = await keys.run('rotate', first.keyId, '--overlap', '12s', '--output', 'json');
    second = ISSUED.parse(JSON.parse(rotated.stdout));
    oldEndsAt =
      / is valid until (?<at>\S+Z); every container refuses it from \S+Z on\n$/.exec(rotated.stderr)?.groups?.['at'] ??
      '';
    expect(second).toMatchObject({ label: first.label, domains: first.domains });
    expect(second.keyId).not.toBe(first.keyId);
    const inDays = (Date.parse(second.expiresAt ?? '') - Date.now()) / DAY_MS;
    expect(Math.abs(inDays - 90)).toBeLessThan(0.01);
    expect(await Promise.all([heartbeat(first), heartbeat(second)])).toEqual([200, 200]);
    expect(await keys.show(first.keyId)).toMatchObject({ expiresAt: oldEndsAt });
  });

  it('expires after the overlap', async () => {
    await until('the end of the overlap', () => Date.now() >= Date.parse(oldEndsAt) || undefined);
    // A container that has read the record before trusts it for up to 50 s; these have not.
    await a.stack.functionHost.replaceContainers(1);
    expect(await Promise.all([heartbeat(first), heartbeat(second)])).toEqual([401, 200]);
    expect((await keys.list('--status', 'expired')).map(({ keyId }) => keyId)).toEqual([first.keyId]);
  });

  it('has a successor that is revoked, from a time on that is said, once and again', async () => {
    const atMs = Date.now();
    const { exitCode, stdout } = await keys.run('revoke', second.keyId);
    const from = /^HBRK\w{16} is revoked: every container refuses it from (?<at>\S+Z) on\n$/.exec(stdout)?.groups?.[
      'at'
    ];
    expect(exitCode).toBe(0);
    expect(Date.parse(from ?? '')).toBeGreaterThanOrEqual(atMs + 60_000);
    expect(Date.parse(from ?? '')).toBeLessThanOrEqual(Date.now() + 60_000);
    await a.stack.functionHost.replaceContainers(1);
    expect(await heartbeat(second)).toBe(401);
    const again = await keys.run('revoke', second.keyId);
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('was already revoked') as unknown });
    expect(await keys.show(second.keyId)).toMatchObject({ status: 'revoked', expiresAt: second.expiresAt });
  });

  it.each([
    { given: 'has expired', key: () => first },
    { given: 'is revoked', key: () => second },
  ])('is not rotated once it $given', async ({ given, key }) => {
    const before = await keys.list();
    const { keyId } = key();
    const ended = await keys.run('rotate', keyId, '--overlap', '24h');
    const stderr = `${keyId} ${given}, so there is nothing to rotate: issue a key\n`;
    expect(ended).toEqual({ exitCode: 2, stdout: '', stderr });
    expect(await keys.list()).toEqual(before);
  });

  it('P6: left its secret in no output but the one of its issue, and the successor its own in that of the rotation', () => {
    const commandsWith = ({ secret }: IssuedJson): string[] =>
      keys.printed.filter(({ text }) => text.includes(secret)).map(({ command }) => command);
    expect([commandsWith(first), commandsWith(second)]).toEqual([['issue'], ['rotate']]);
    const others = keys.printed.filter(({ command }) => command !== 'issue' && command !== 'rotate');
    expect(new Set(others.map(({ command }) => command))).toEqual(new Set(['list', 'show', 'revoke']));
    expect(others.filter(({ text }) => /[\w-]{43}/.test(text))).toEqual([]);
  });
});

describe('a rotation', () => {
  it('never prolongs the old key, and gives the new one other domains and another end where it is told so', async () => {
    const old = await keys.issue('--domain', 'orders', '--label', 'short', '--expires-in', '1h');
    const end = ['--expires-at', '2099-01-01'];
    const successor = await keys.rotate(old.keyId, '--overlap', '24h', '--domain', 'billing', ...end);
    expect(successor).toMatchObject({ domains: ['billing'], expiresAt: '2099-01-01T00:00:00.000Z', label: 'short' });
    expect(await keys.show(old.keyId)).toMatchObject({ expiresAt: old.expiresAt, status: 'active' });
  });

  it('of a key without an end gives one without an end', async () => {
    const old = await keys.issue('--domain', 'orders', '--label', 'endless', '--no-expiry');
    expect(await keys.rotate(old.keyId, '--overlap', '24h')).toMatchObject({ expiresAt: null });
    expect((await keys.show(old.keyId)).expiresAt).not.toBeNull();
  });

  it.each([
    {
      given: 'before the successor is there',
      rule: 'dynamodb.PutItem/WorkerKeys=error',
      stdout: /^$/,
      stderr: /^[^\n]+\n$/,
    },
    {
      given: 'after, with the successor in the hands of its worker,',
      rule: 'dynamodb.UpdateItem/KeyEvents=error',
      stdout: /"secret"/,
      stderr: /^the new key is issued, but HBRK\w{16} keeps its end: rotate again, or revoke it in time: [^\n]+\n$/,
    },
  ])('that breaks off $given leaves the old key as it was', async ({ rule, stdout, stderr }) => {
    const old = await keys.issue('--domain', 'orders', '--label', 'broken off', '--no-expiry');
    a.stack.faults.set([rule]);
    const ended = await keys.run('rotate', old.keyId, '--overlap', '24h', '--output', 'json');
    a.stack.faults.set([]);
    expect(ended).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(stdout) as unknown,
      stderr: expect.stringMatching(stderr) as unknown,
    });
    expect(await keys.show(old.keyId)).toMatchObject({ status: 'active', expiresAt: null });
    expect(await heartbeat(old)).toBe(200);
    const successor = await keys.rotate(old.keyId, '--overlap', '24h');
    expect(stdout.test('') || ended.stdout.includes(successor.secret)).toBe(true);
    expect(await heartbeat(successor)).toBe(200);
  });

  it('whose output nobody reads leaves the old key as it was', async () => {
    const old = await keys.issue('--domain', 'orders', '--label', 'unread', '--no-expiry');
    const closed = new FakeTerminal();
    closed.closePipe();
    const args = ['rotate', old.keyId, '--overlap', '24h', '--local', '--state', a.statePath];
    const { exitCode, stderr } = await runProgram(['keys', ...args], closed);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^nobody read the secret of HBRK\w{16}: rotate again, which prints it again\n$/,
      ) as unknown,
    });
    expect(await keys.show(old.keyId)).toMatchObject({ status: 'active', expiresAt: null });
  });
});

describe('a key that is not there', () => {
  const keyId = 'HBRKAAAAAAAAAAAAAAAA';
  it.each([
    { name: 'show', options: [] },
    { name: 'revoke', options: [] },
    { name: 'history', options: [] },
    { name: 'rotate', options: ['--overlap', '1h'] },
  ])('$name says so, and makes none', async ({ name, options }) => {
    const before = await keys.list();
    const ended = await keys.run(name, keyId, ...options);
    const stderr = `this relay has no key ${keyId}: npx heartbeat-relay keys list shows its keys\n`;
    expect(ended).toEqual({ exitCode: 2, stdout: '', stderr });
    expect(await keys.list()).toEqual(before);
  });
});
