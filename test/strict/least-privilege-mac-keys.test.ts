import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Access } from '../../local/aws/access.ts';
import { statementsOf, withoutPart } from '../../local/aws/iam/parts.ts';
import { startTask } from '../../local/tasks.ts';
import { issueKey } from '../../operator/issue.ts';
import { synthesizeGenerations, toAssembly } from '../lib/mac-key-stages.ts';
import { bearer, type SharedStack, openFunctionUnderTest, openSharedStack } from './function-under-test.ts';
import { KeyOperator } from './least-privilege.operator.ts';
import { namedParts } from './least-privilege.parts.ts';

/** What a stack with two KMS keys is for, beside what one with one key is for. */
type Step = 'issue' | 'heartbeat, newest' | 'heartbeat, earlier' | 'seal, earlier';

const ARN = 'resource arn:aws:kms:eu-west-1:<account>:key/';
const EARLIER: readonly Step[] = ['heartbeat, earlier', 'seal, earlier'];
const NEWEST: readonly Step[] = ['issue'];
const IN_FUNCTION: readonly Step[] = ['heartbeat, newest', 'heartbeat, earlier'];
const BY_OPERATOR: readonly Step[] = ['issue', 'seal, earlier'];

/** What breaks without each part of a policy that is about deriving. */
const TABLE: Readonly<Record<string, readonly Step[]>> = {
  'RelayRole/Relay #2': IN_FUNCTION,
  'RelayRole/Relay #2 action kms:GenerateMac': IN_FUNCTION,
  [`RelayRole/Relay #2 ${ARN}WorkerKeysMacKey`]: ['heartbeat, earlier'],
  [`RelayRole/Relay #2 ${ARN}WorkerKeysMacKey2`]: ['heartbeat, newest'],
  'OperatorPolicy #1': BY_OPERATOR,
  'OperatorPolicy #1 action kms:GenerateMac': BY_OPERATOR,
  [`OperatorPolicy #1 ${ARN}WorkerKeysMacKey`]: ['seal, earlier'],
  [`OperatorPolicy #1 ${ARN}WorkerKeysMacKey2`]: NEWEST,
  'WorkerKeysMacKey Derive': EARLIER,
  'WorkerKeysMacKey Derive action kms:GenerateMac': EARLIER,
  'WorkerKeysMacKey Derive resource *': EARLIER,
  'WorkerKeysMacKey2 Derive': NEWEST,
  'WorkerKeysMacKey2 Derive action kms:GenerateMac': NEWEST,
  'WorkerKeysMacKey2 Derive resource *': NEWEST,
};

let shared: SharedStack;
let taskToken: string;

beforeAll(async () => {
  shared = await openSharedStack(await toAssembly((await synthesizeGenerations()).both));
  ({ taskToken } = await startTask(shared.swf, 'orders'));
});

afterAll(async () => {
  await shared.close();
});

/** @returns the steps that fail with these policies. */
async function tell(access: Access): Promise<readonly Step[]> {
  using operator = new KeyOperator(shared, access);
  const failed: Step[] = [];
  const { macKeyArn, earlierMacKeyArn = macKeyArn } = shared.target;
  const earlier = await issueKey(
    { ...shared.target, macKeyArn: earlierMacKeyArn },
    { label: 'strict', domains: ['orders'], expiresAtMs: null },
    Date.now(),
  );
  const send = async (key: Parameters<typeof bearer>[0], step: Step): Promise<void> => {
    const container = openFunctionUnderTest(shared, access).startContainer();
    const heartbeat = { path: '/domains/orders/heartbeats', body: JSON.stringify({ taskToken }) };
    const { status } = await container.send({ ...heartbeat, headers: bearer(key) });
    if (status !== 200) failed.push(step);
  };
  const issued = await operator.issue(['orders']).catch(() => undefined);
  if (issued === undefined) failed.push('issue');
  else await send(issued, 'heartbeat, newest');
  await send(earlier, 'heartbeat, earlier');
  if ((await operator.sealOf(earlier.keyId)) !== 'intact') failed.push('seal, earlier');
  return failed;
}

it('with two KMS keys nothing is missing', async () => {
  expect(await tell(shared.stack.realm.access)).toEqual([]);
});

it('every right to derive with either of them has its reason, and no other KMS key is named', async () => {
  const { access } = shared.stack.realm;
  const derive = [...access.policies.values()]
    .flatMap(statementsOf)
    .filter(({ actions }) => actions.values.some(({ text }) => text === 'kms:GenerateMac'));
  const ids = new Set(derive.map(({ id }) => id));
  const parts = namedParts(access, shared.stack.template).filter(({ part }) => ids.has(part.statement));
  const measured: [string, readonly Step[]][] = [];
  for (const { name, policy, part } of parts) measured.push([name, await tell(access.with(withoutPart(policy, part)))]);
  expect(Object.fromEntries(measured)).toEqual(TABLE);
});
