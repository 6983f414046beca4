import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { readContext } from '../../local/assembly.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import { registerDomain, startTask } from '../../local/tasks.ts';
import { issueKey, type IssuedKey } from '../../operator/issue.ts';
import { runProgram } from '../cli/fake-terminal.ts';
import { synthesizeInTurn, WITHOUT_BUNDLE } from '../lib/synthesis.ts';
import { Worker } from './relay-worker.ts';
import { DESCRIBED } from './keys-command.ts';
import type { ARegion, DeployedRelay } from './regions/a-region.ts';
import { AnAccount } from './regions/an-account.ts';
import { playCommands, sectionOf, stepsOf } from './regions/page-commands.ts';
import { until } from './until.ts';
import { toOperatorVariables } from './verify-command.ts';
import { issueVersion1 } from './version-1-key.ts';

const FIRST = 'eu-west-1';
const SECOND = 'eu-central-1';

const making = stepsOf(sectionOf('deploying', 'A second region'));
const losing = stepsOf(sectionOf('runbook', 'Losing a region'));
const restoring = stepsOf(sectionOf('runbook', 'Restoring the table of worker keys'));

/** In place of names that only the first deployment knows. Templates pass them through as they are. */
const NAMES = {
  tableName: 'the-worker-keys',
  kmsKeyArn: `arn:aws:kms:${SECOND}:123456789012:key/mrk-${'0'.repeat(32)}`,
  eventsTableName: 'the-key-events',
};
const ADOPTED = z.strictObject({ tableName: z.string(), kmsKeyArn: z.string(), eventsTableName: z.string() });
const SECOND_STAGE = z.looseObject({ region: z.literal(SECOND), workerKeys: ADOPTED });

/** The templates of the stages that the pages describe, with these names. */
async function synthesizeStages() {
  const second = SECOND_STAGE.parse(JSON.parse(making[3]?.code ?? ''));
  z.strictObject({ workerKeys: ADOPTED }).parse(JSON.parse(restoring[2]?.code ?? ''));
  const prod = { region: FIRST, domains: { orders: {} } };
  const inFirst = { ...NAMES, kmsKeyArn: NAMES.kmsKeyArn.replace(SECOND, FIRST) };
  const wanted = [
    { stage: 'prod', stages: { prod: { ...prod, workerKeys: { stream: true } } } },
    // The same roles under other names: the function finds them by the setting.
    {
      stage: 'second',
      stages: { second: { ...second, workerKeys: NAMES, roles: { path: '/relay/', namePrefix: 'corp-' } } },
    },
    { stage: 'prod', stages: { prod: { ...prod, workerKeys: inFirst } } },
  ].map((stage) => ({ context: { ...readContext(), ...WITHOUT_BUNDLE, ...stage } }));
  const [own, adopting, restored] = (await synthesizeInTurn(wanted, 'unvalidated')).map(({ readTemplate }, index) =>
    JSON.stringify(readTemplate(index === 1 ? 'HeartbeatRelay-second' : 'HeartbeatRelay-prod')),
  );
  return { own, adopting, restored };
}

let templates: Awaited<ReturnType<typeof synthesizeStages>>;
beforeAll(async () => {
  templates = await synthesizeStages();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Deploys one of the templates, with the names as they are. */
async function deploy(region: ARegion, template = '', names: Partial<typeof NAMES> = {}): Promise<DeployedRelay> {
  const kmsKeyArn = template === templates.adopting ? NAMES.kmsKeyArn : NAMES.kmsKeyArn.replace(SECOND, FIRST);
  const text = template
    .replaceAll(NAMES.tableName, names.tableName ?? '')
    .replaceAll(kmsKeyArn, names.kmsKeyArn ?? '')
    .replaceAll(NAMES.eventsTableName, names.eventsTableName ?? '');
  return region.deploy(
    JSON.parse(text),
    template === templates.adopting ? 'HeartbeatRelay-second' : 'HeartbeatRelay-prod',
  );
}

/** The outputs that the pages name. */
const variablesOf = ({ target }: DeployedRelay) => ({
  WORKER_KEYS_TABLE: target.workerKeysTable,
  KEY_EVENTS_TABLE: target.keyEventsTable ?? '',
  WORKER_KEYS_MAC_KEY: target.macKeyArn,
});

async function startTaskOf({ access }: DeployedRelay): Promise<string> {
  const swf = createSwfClient(access);
  await registerDomain(swf, 'orders');
  const task = await startTask(swf, 'orders');
  swf.destroy();
  return task.taskToken;
}

/** What the worker of a key is told by a container that has met no key. */
async function heartbeat(relay: DeployedRelay, key: IssuedKey, taskToken: string): Promise<number> {
  relay.forget();
  return until('an answer but a late one', async () => {
    const { status, body } = await new Worker(relay.url, key).heartbeat('orders', taskToken);
    return status === 503 && body['code'] !== 'RelayMisconfigured' ? undefined : status;
  });
}

const request = (label: string) => ({ label, domains: ['orders'], expiresAtMs: null });
const issue = async ({ target }: DeployedRelay, label: string) => issueKey(target, request(label), Date.now());
const issueOld = async ({ target }: DeployedRelay, label: string) => issueVersion1(target, request(label), Date.now());

/** The options of the command that a step shows. */
const commandIn = (code = ''): string[] => code.trim().split(' keys -- ')[1]?.split(' ') ?? [];

/** A command of `keys` with the operator's own AWS configuration. */
async function keys({ access }: DeployedRelay, ...args: readonly string[]): Promise<string> {
  for (const [name, value] of Object.entries(toOperatorVariables(access))) vi.stubEnv(name, value);
  const ended = await runProgram(['keys', ...args]);
  expect(ended).toMatchObject({ exitCode: 0 });
  return ended.stdout;
}

async function listed(relay: DeployedRelay, code: string | undefined): Promise<string[]> {
  const printed: unknown = JSON.parse(await keys(relay, ...commandIn(code), '--output', 'json'));
  return z
    .array(DESCRIBED)
    .parse(printed)
    .map(({ label }) => label)
    .sort();
}

/** Each step builds on the one before. */
describe('a second region, by the steps of docs/deploying.md and of the runbook', () => {
  let account: AnAccount;
  let regions: Record<typeof FIRST | typeof SECOND, ARegion>;
  let first: DeployedRelay;
  let second: DeployedRelay;
  let taskToken: string;
  let press7: IssuedKey;
  let press8: IssuedKey;
  let press9: IssuedKey;

  beforeAll(async () => {
    account = new AnAccount();
    regions = { [FIRST]: await account.openRegion(FIRST), [SECOND]: await account.openRegion(SECOND) };
  });
  afterAll(async () => account[Symbol.asyncDispose]());

  it('begins with a relay whose tables of keys have a stream, and whose workers report heartbeats', async () => {
    expect(making[0]?.text).toContain('`"workerKeys": { "stream": true }`');
    first = await deploy(regions[FIRST], templates.own);
    taskToken = await startTaskOf(first);
    press7 = await issue(first, 'press 7');
    press8 = await issueOld(first, 'press 8');
    expect(await heartbeat(first, press7, taskToken)).toBe(200);
    expect(await heartbeat(first, press8, taskToken)).toBe(200);
  });

  it('makes replicas of both tables and of the KMS key, and protects them', async () => {
    const variables = { ...variablesOf(first), KEY_POLICY: regions[FIRST].keys.policyTextOf(first.target.macKeyArn) };
    const made = await playCommands(making[1]?.code ?? '', variables, regions);
    expect(made).toEqual(['dynamodb update-table', 'dynamodb update-table', 'kms get-key-policy', 'kms replicate-key']);
    await playCommands(making[2]?.code ?? '', variables, regions);
    for (const table of [first.target.workerKeysTable, first.target.keyEventsTable ?? '']) {
      expect(regions[SECOND].tables.settingsOf(table)).toMatchObject({
        deletionProtection: true,
        pointInTimeRecovery: true,
      });
    }
  });

  it('has a relay that adopts them, and lets the keys of the first one in, issued before and after', async () => {
    const { workerKeysTable: tableName, macKeyArn, keyEventsTable: eventsTableName = '' } = first.target;
    const kmsKeyArn = macKeyArn.replace(FIRST, SECOND);
    second = await deploy(regions[SECOND], templates.adopting, { tableName, kmsKeyArn, eventsTableName });
    press9 = await issue(first, 'press 9');
    await regions[FIRST].tables.deliver();
    for (const key of [press7, press8, press9]) expect(await heartbeat(second, key, taskToken)).toBe(200);
  });

  it('refuses a key that was revoked in the other region, once DynamoDB has replicated that', async () => {
    await keys(first, 'revoke', press8.keyId, '--stack', first.target.stackName);
    expect(await heartbeat(first, press8, taskToken)).toBe(401);
    expect(await heartbeat(second, press8, taskToken)).toBe(200);
    await regions[FIRST].tables.deliver();
    expect(await heartbeat(second, press8, taskToken)).toBe(401);
    await keys(second, 'revoke', press9.keyId, '--stack', second.target.stackName);
    expect(await heartbeat(second, press9, taskToken)).toBe(401);
    await regions[SECOND].tables.deliver();
    expect(await heartbeat(first, press9, taskToken)).toBe(401);
  });

  it('takes over when the first is lost: it lists the keys, and workers report the same task with the same key', async () => {
    await regions[FIRST].lose();
    await expect(new Worker(first.url, press7).heartbeat('orders', taskToken)).rejects.toThrow('fetch failed');
    expect(await listed(second, losing[0]?.code)).toEqual(['press 7']);
    expect(await heartbeat(second, press7, taskToken)).toBe(200);
    expect(await heartbeat(second, press8, taskToken)).toBe(401);
    expect(await heartbeat(second, press9, taskToken)).toBe(401);
  });

  it('issues and revokes keys by itself from then on', async () => {
    const press10 = await issue(second, 'press 10');
    expect(await heartbeat(second, press10, taskToken)).toBe(200);
    await keys(second, 'revoke', press7.keyId, '--stack', second.target.stackName);
    expect(await heartbeat(second, press7, taskToken)).toBe(401);
  });
});

describe('the table of worker keys, restored by the steps of the runbook', () => {
  let account: AnAccount;
  let region: ARegion;
  let relay: DeployedRelay;
  let taskToken: string;
  let kept: IssuedKey;
  let revoked: readonly IssuedKey[];
  let late: IssuedKey;
  const RESTORED = 'HeartbeatRelay-prod-restored';

  beforeAll(async () => {
    account = new AnAccount();
    region = await account.openRegion(FIRST);
    relay = await deploy(region, templates.own);
    taskToken = await startTaskOf(relay);
  });
  afterAll(async () => account[Symbol.asyncDispose]());

  const nextMillisecond = async (): Promise<string> => {
    const now = Date.now();
    await until('the next millisecond', () => (Date.now() > now ? true : undefined));
    return new Date(now).toISOString();
  };

  it('is a new table with the records of that time, and protected', async () => {
    kept = await issue(relay, 'kept');
    revoked = [await issue(relay, 'revoked'), await issueOld(relay, 'revoked, of version 1')];
    const before = await nextMillisecond();
    for (const { keyId } of revoked) await keys(relay, 'revoke', keyId, '--stack', 'HeartbeatRelay-prod');
    late = await issue(relay, 'late');
    const variables = { ...variablesOf(relay), RESTORED, BEFORE_THE_DAMAGE: before };
    await playCommands(restoring[0]?.code ?? '', variables, { [FIRST]: region });
    await playCommands(restoring[1]?.code ?? '', variables, { [FIRST]: region });
    expect(region.tables.settingsOf(RESTORED)).toMatchObject({ deletionProtection: true, pointInTimeRecovery: true });
  });

  it('is adopted by the same stage, and no revoked key comes back', async () => {
    const { macKeyArn: kmsKeyArn, keyEventsTable: eventsTableName = '' } = relay.target;
    relay = await deploy(region, templates.restored, { tableName: RESTORED, kmsKeyArn, eventsTableName });
    expect(relay.target.workerKeysTable).toBe(RESTORED);
    expect(await heartbeat(relay, kept, taskToken)).toBe(200);
    for (const key of revoked) expect(await heartbeat(relay, key, taskToken)).toBe(401);
  });

  it('lacks the keys that were issued after that time, which the list shows: they are issued again', async () => {
    expect(await heartbeat(relay, late, taskToken)).toBe(401);
    expect(await listed(relay, restoring[3]?.code)).toEqual(['kept']);
    expect(await heartbeat(relay, await issue(relay, 'late'), taskToken)).toBe(200);
  });
});
