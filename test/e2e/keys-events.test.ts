import { readFileSync, statSync } from 'node:fs';

import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseKeyId } from '../../cli/keys/key-id.ts';
import { purge } from '../../cli/keys/purge.ts';
import { toItem } from '../../lambda/aws/worker-key-item.ts';
import type { KeyGrant } from '../../lambda/workers/key-grant.ts';
import { Access } from '../../local/aws/access.ts';
import { Faults } from '../../local/faults.ts';
import { findKey } from '../../operator/key-records.ts';
import { findEvent, readEvents } from '../../operator/key-events.ts';
import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { APerson, FakeTerminal, runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { aRefusal } from './a-line.ts';
import { type AStack, startStack } from './a-stack.ts';
import { Worker } from './relay-worker.ts';
import { ISSUED, type IssuedJson, KeysCommand, SHOWN, type ShownJson } from './keys-command.ts';
import { until } from './until.ts';
import { writeState } from './verify-command.ts';
import { issueVersion1 } from './version-1-key.ts';

let a: AStack;
beforeAll(async () => {
  a = await startStack();
});
afterAll(() => a.close());

const DAY_MS = 86_400_000;
const ACTOR = 'arn:aws:iam::123456789012:user/operator';

const keys = async (args: readonly string[], terminal = new FakeTerminal()) =>
  runProgram(['keys', ...args, '--local', '--state', a.statePath], terminal);

async function print(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await keys(args);
  if (exitCode === 0) return stdout;
  throw new Error(stderr);
}

const issueJson = async (...options: string[]): Promise<IssuedJson> =>
  ISSUED.parse(JSON.parse(await print('issue', '--label', 'press-7', ...options, '--output', 'json')));

const showJson = async (keyId: string): Promise<ShownJson> =>
  SHOWN.parse(JSON.parse(await print('show', keyId, '--output', 'json')));

const arnOf = (domain: string): string => `arn:aws:swf:${a.stack.region}:123456789012:/domain/${domain}`;

const heartbeat = async (key: { readonly keyId: string; readonly secret: string }): Promise<number> =>
  until('an answer but 503', async () => {
    const { status } = await new Worker(a.stack.relayUrl, key).heartbeat('orders', a.connection.task.taskToken);
    return status === 503 ? undefined : status;
  });

const aKey = async (): Promise<IssuedKey> =>
  issueKey(a.target, { label: 'press-7', domains: ['orders'], expiresAtMs: null }, Date.now());

const aVersion1Key = async (domains = ['orders']): Promise<IssuedKey> =>
  issueVersion1(a.target, { label: 'press-7', domains, expiresAtMs: null }, Date.now());

describe('keys issue', () => {
  it('grants the domains by their ARNs, heartbeats, any network, 40 a second and 90 days, unless it is told otherwise', async () => {
    const beforeMs = Date.now();
    const { keyId, expiresAt } = await issueJson('--domain', 'orders', '--domain', 'billing');
    const { grant, seal } = await showJson(keyId);
    const domains = [arnOf('billing'), arnOf('orders')];
    expect(grant).toEqual({ domains, operations: ['heartbeat'], networks: [], rate: 40, expiresAt });
    expect(seal).toBe('intact');
    const days = (Date.parse(expiresAt ?? '') - beforeMs) / DAY_MS;
    expect(days).toBeGreaterThanOrEqual(90);
    expect(days).toBeLessThan(90.01);
  });

  it('grants networks, in any case of their letters, a rate, and no end', async () => {
    const networks = ['--network', '2001:DB8::/32', '--network', '10.0.0.0/8'];
    const { keyId } = await issueJson('--domain', 'orders', ...networks, '--rate', '7', '--no-expiry');
    expect((await showJson(keyId)).grant).toMatchObject({
      networks: ['10.0.0.0/8', '2001:db8::/32'],
      rate: 7,
      expiresAt: null,
    });
  });

  it('makes keys whose networks the gateway holds', async () => {
    const near = await issueJson('--domain', 'orders', '--network', '127.0.0.1/32');
    const far = await issueJson('--domain', 'orders', '--network', '10.0.0.0/8');
    expect([await heartbeat(near), await heartbeat(far)]).toEqual([200, 401]);
  });

  it('records label, caller, time and the order of the domains in the event, and none of them in the record', async () => {
    const beforeMs = Date.now();
    const { keyId } = await issueJson('--domain', 'orders', '--domain', 'billing');
    const { events, record } = await findKey(a.target, parseKeyId(keyId));
    const issued = findEvent(events, 'issued');
    expect(issued).toMatchObject({
      label: { S: 'press-7' },
      actor: { S: ACTOR },
      domains: { L: [{ S: arnOf('orders') }, { S: arnOf('billing') }] },
    });
    expect(Date.parse(issued?.['at']?.S ?? '')).toBeGreaterThanOrEqual(beforeMs);
    expect(Object.keys(toItem(record)).sort()).toEqual(['derivation', 'grant', 'keyId', 'seal']);
  });

  it('writes the secret to a new file that only its owner can read, and prints it nowhere', async () => {
    using folder = new AFolder();
    const file = `${folder.path}/press-7.env`;
    const args = ['issue', '--domain', 'orders', '--label', 'press-7', '--output', 'env', '--output-file', file];
    const { exitCode, stdout, stderr } = await keys(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toMatch(/^HBRK\w{16} is in \S+, which only you can read\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const content = readFileSync(file, 'utf8');
    expect(content).toMatch(/^HEARTBEAT_KEY=HBRK\w{16}\.[\w-]{43}$/m);
    expect(await keys(args)).toEqual(aRefusal(/exists, and --output-file never overwrites/));
    expect(readFileSync(file, 'utf8')).toBe(content);
  });
});

it('keys list --expires-within shows the keys that end so soon, and no other', async () => {
  const soon = await issueJson('--domain', 'orders', '--expires-in', '29d', '--label', 'ends soon');
  await issueJson('--domain', 'orders', '--label', 'ends soon');
  await issueJson('--domain', 'orders', '--no-expiry', '--label', 'ends soon');
  const listed: unknown = JSON.parse(
    await print('list', '--label', 'ends soon', '--expires-within', '30d', '--output', 'json'),
  );
  expect(listed).toMatchObject([{ keyId: soon.keyId }]);
});

/** Every field of a grant, and what somebody who can write the table would like in it. */
const ALTERATIONS: readonly { readonly field: string; readonly over: Partial<KeyGrant> }[] = [
  { field: 'a domain', over: { domains: ['arn:aws:swf:eu-west-1:123456789012:/domain/billing'] } },
  { field: "a domain's region", over: { domains: ['arn:aws:swf:eu-west-2:123456789012:/domain/orders'] } },
  { field: "a domain's account", over: { domains: ['arn:aws:swf:eu-west-1:222222222222:/domain/orders'] } },
  { field: 'its operations', over: { operations: ['complete', 'heartbeat'] } },
  { field: 'its networks', over: { networks: ['0.0.0.0/0'] } },
  { field: 'its rate', over: { rate: 1_000 } },
  { field: 'its end', over: { expiresAt: '2099-01-01T00:00:00.000Z' } },
];

describe('a record that was altered in the table', () => {
  it.each(ALTERATIONS)('in $field is reported by list and show, and rotate refuses it', async ({ over }) => {
    const { keyId } = await aKey();
    const { record } = await findKey(a.target, keyId);
    const altered = 'grant' in record ? { ...record, grant: { ...record.grant, ...over } } : record;
    await a.target.dynamodb.send(new PutItemCommand({ TableName: a.target.workerKeysTable, Item: toItem(altered) }));
    expect((await showJson(keyId)).seal).toBe('altered');
    const shown = await keys(['show', keyId]);
    expect(shown.stdout).toContain('ALTERED SINCE IT WAS ISSUED');
    expect(shown.stderr).toContain(`${keyId} was altered since it was issued`);
    expect((await keys(['list'])).stderr).toMatch(new RegExp(`^altered since they were issued, .*${keyId}`, 'm'));
    const refused = aRefusal(/was altered since it was issued: revoke it, and issue a key$/, 1);
    expect(await keys(['rotate', keyId, '--overlap', '1h'])).toEqual(refused);
    expect(findEvent(await readEvents(a.target, keyId), 'rotated')).toBeUndefined();
  });

  it('is not noticed by somebody who may not derive secrets, who is told so', async () => {
    const { keyId } = await aKey();
    a.stack.faults.set(['kms=error']);
    const shown = await keys(['show', keyId]);
    a.stack.faults.set([]);
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^record +not checked, because/m);
  });

  it('in its begun rotation: rotate refuses it, so that no key gets the secret of another', async () => {
    const [old, rich] = [await aKey(), await aKey()];
    const [first, second] = [
      await print('rotate', old.keyId, '--overlap', '1h'),
      await readEvents(a.target, old.keyId),
    ];
    expect(first).toContain('HBRK');
    const rotated = { ...findEvent(second, 'rotated'), successor: { S: rich.keyId } };
    await a.target.dynamodb.send(new PutItemCommand({ TableName: a.target.keyEventsTable, Item: rotated }));
    const refused = aRefusal(/^the rotation of HBRK\w{16} was altered since it was begun: revoke the key$/, 1);
    expect(await keys(['rotate', old.keyId, '--overlap', '1h'])).toEqual(refused);
  });
});

describe('keys rotate of a version 1 key', () => {
  it('needs --domain where nobody can be asked', async () => {
    const { keyId } = await aVersion1Key();
    const refused = aRefusal(/is of version 1, without a seal, so name its domains with --domain$/);
    expect(await keys(['rotate', keyId, '--overlap', '1h'])).toEqual(refused);
    const successor = ISSUED.parse(
      JSON.parse(await print('rotate', keyId, '--overlap', '1h', '--domain', 'orders', '--output', 'json')),
    );
    expect((await showJson(successor.keyId)).grant).toMatchObject({ domains: [arnOf('orders')], rate: 40 });
    expect(await heartbeat(successor)).toBe(200);
  });

  it('is refused, and asks nothing, where its record names what is no domain', async () => {
    const { keyId } = await aVersion1Key();
    await a.target.dynamodb.send(
      new UpdateItemCommand({
        TableName: a.target.workerKeysTable,
        Key: { keyId: { S: keyId } },
        UpdateExpression: 'SET domains = :domains',
        ExpressionAttributeValues: { ':domains': { L: [{ S: 'orders' }, { S: 'orders\u001B[2J' }] } },
      }),
    );
    const person = new APerson('y');
    const refused = aRefusal(/names a domain that the relay does not take: revoke it, and issue a key$/);
    expect(await keys(['rotate', keyId, '--overlap', '1h'], person)).toEqual(refused);
    expect(person.asked).toEqual([]);
  });

  it.each([
    { answer: 'n', isRotated: false },
    { answer: 'y', isRotated: true },
  ])('shows the grant and asks: $answer', async ({ answer, isRotated }) => {
    const { keyId } = await aVersion1Key(['orders', 'billing']);
    const person = new APerson(answer);
    const { exitCode, stderr } = await keys(['rotate', keyId, '--overlap', '1h'], person);
    expect(exitCode).toBe(0);
    expect(person.asked).toEqual([expect.stringContaining('It names the domains orders, billing.')]);
    expect(stderr === 'no key was issued\n').toBe(!isRotated);
    expect(findEvent(await readEvents(a.target, keyId), 'rotated') !== undefined).toBe(isRotated);
  });
});

describe('keys rotate that is repeated', () => {
  it('prints the same successor with the same secret, and issues no other', async () => {
    const { keyId } = await aKey();
    const rotate = async (): Promise<IssuedJson> =>
      ISSUED.parse(JSON.parse(await print('rotate', keyId, '--overlap', '1h', '--output', 'json')));
    expect(await rotate()).toEqual(await rotate());
  });

  it('refuses other domains than it was begun with', async () => {
    const { keyId } = await aKey();
    await print('rotate', keyId, '--overlap', '1h');
    const again = await keys(['rotate', keyId, '--overlap', '1h', '--domain', 'billing']);
    expect(again).toEqual(aRefusal(/^the successor HBRK\w{16} is already planned, with other domains$/));
  });
});

const local = () => ({ local: true, state: a.statePath }) as const;

describe('keys history', () => {
  /** Somebody else with a state folder of their own. */
  function commandOf(name: string, folder: AFolder): KeysCommand {
    const { template, credentials } = a.stack;
    const realm = { access: Access.of(template.resources, () => undefined), faults: new Faults(Date.now, Math.random) };
    const { accountId } = a.connection;
    const arn = `arn:aws:iam::${accountId}:user/${name}`;
    const operator = credentials.issueUserKey({ principal: { kind: 'user', arn, accountId }, accountId, realm });
    const statePath = folder.state();
    writeState(statePath, { ...a.connection, operator });
    return new KeysCommand(statePath);
  }

  it('tells who issued, rotated, ended and revoked a key, in order, for three callers', async () => {
    using folders = new DisposableStack();
    const [ada, bob, eve] = ['ada', 'bob', 'eve'].map((name) => commandOf(name, folders.use(new AFolder())));
    if (ada === undefined || bob === undefined || eve === undefined) throw new Error('nobody');
    const issued = await ada.issue('--domain', 'orders', '--domain', 'billing', '--label', 'history');
    const successor = await bob.rotate(issued.keyId, '--overlap', '1h');
    await eve.run('revoke', issued.keyId);
    const by = (name: string): string => `arn:aws:iam::123456789012:user/${name}`;
    const events = await ada.history(issued.keyId);
    expect(new Set(events.map(({ event, actor }) => `${event} ${actor}`))).toEqual(
      new Set([`issued ${by('ada')}`, `rotated ${by('bob')}`, `ends ${by('bob')}`, `revoked ${by('eve')}`]),
    );
    const times = events.map(({ at }) => Date.parse(at ?? ''));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(events[0]).toMatchObject({ event: 'issued', details: { label: 'history', domains: ['orders', 'billing'] } });
    expect(events.find(({ event }) => event === 'rotated')?.details).toMatchObject({ successor: successor.keyId });
    const { stdout } = await ada.run('history', issued.keyId);
    expect(stdout).toMatch(/^time +event +by +details\n/);
    expect(stdout).toMatch(/Z +revoked +arn:aws:iam::123456789012:user\/eve *$/m);
  });

  it('of a version 1 key says what its record says', async () => {
    const { keyId } = await aVersion1Key();
    const history: unknown = JSON.parse(await print('history', keyId, '--output', 'json'));
    expect(history).toMatchObject([
      { event: 'issued', actor: null, details: { label: 'press-7', domains: ['orders'] } },
    ]);
  });

  it('of a purged key is still told, and a record that is restored stays revoked', async () => {
    const { keyId, secret } = await aKey();
    const { record } = await findKey(a.target, keyId);
    await print('revoke', keyId);
    const later = Date.now() + DAY_MS;
    await purge(
      { ...local(), endedBefore: '1h', label: 'press-7', yes: true, output: 'table' },
      new FakeTerminal(),
      later,
    );
    expect(await keys(['show', keyId])).toEqual(aRefusal(/^this relay has no key/));
    expect(await print('history', keyId)).toMatch(/ purged +arn:aws:iam::123456789012:\S+ *\n$/);
    await a.target.dynamodb.send(new PutItemCommand({ TableName: a.target.workerKeysTable, Item: toItem(record) }));
    expect(await print('history', keyId)).toMatch(/ revoked [^]* purge begun /);
    expect(await heartbeat({ keyId, secret })).toBe(401);
  });
});

describe('nothing from a table commands the terminal', () => {
  const HOSTILE = '\u001B[2J\u009B1m\u202Egone\u007F';

  it.each(['table', 'json'])('in list, show and history, as %s', async (output) => {
    const { keyId } = await aKey();
    await a.target.dynamodb.send(
      new UpdateItemCommand({
        TableName: a.target.keyEventsTable,
        Key: { keyId: { S: keyId }, event: { S: 'issued' } },
        UpdateExpression: 'SET label = :hostile, actor = :hostile, #at = :hostile',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':hostile': { S: HOSTILE } },
      }),
    );
    const unreadable = { keyId: { S: `unreadable ${HOSTILE} ${output}` } };
    await a.target.dynamodb.send(new PutItemCommand({ TableName: a.target.workerKeysTable, Item: unreadable }));
    for (const args of [['list'], ['show', keyId], ['history', keyId]]) {
      const { exitCode, stdout, stderr } = await keys([...args, '--output', output]);
      expect(exitCode).toBe(0);
      expect(stdout + stderr).not.toMatch(/[^\n\P{C}]/u);
    }
  });
});
