import type { IssuedKey } from '../../operator/issue.ts';
import { SwfResourceUnknownError } from '../../lambda/tasks/errors.ts';
import type { Dependencies } from '../../lambda/app.ts';
import { withoutPart } from '../../local/aws/iam/parts.ts';
import type { Access } from '../../local/aws/access.ts';
import type { HeldTask } from '../../local/tasks.ts';
import { aKeyId } from '../lambda/workers/worker-key-records.ts';
import { bearer, type Container, type SharedStack, type FunctionUnderTest } from './function-under-test.ts';
import { namedParts } from './least-privilege.parts.ts';

/** What a fault is played with. */
export interface Setting {
  readonly world: FunctionUnderTest;
  /** It has met no key and no task. */
  readonly container: Container;
  /** For `orders` alone. */
  readonly key: IssuedKey;
  readonly revokedKey: IssuedKey;
  /** Open tasks. */
  readonly inOrders: HeldTask;
  readonly inBilling: HeldTask;
}

/** A fault that lasts, and the one alarm that it is to set off. */
export interface Fault {
  readonly alarm: string;
  readonly fault: string;
  /** Other policies than the template's. */
  readonly toAccess?: (shared: SharedStack) => Access;
  /** A bug in the function. */
  readonly over?: Partial<Dependencies>;
  /** Before the fault. */
  readonly first?: (setting: Setting) => Promise<unknown>;
  /** In the grammar of `npm run faults`. */
  readonly rule?: string;
  /** A worker's doing, twice a minute. */
  readonly heartbeat: (setting: Setting) => Promise<unknown>;
}

/** Two whole periods of the slowest alarm, and less than the 10 minutes for which a stale key is good. */
export const FAULT_MINUTES = 9;
/** Alarms that look at two or three periods of 5 minutes. */
export const SLOW_ALARM_MINUTES: Readonly<Record<string, number>> = { Unauthenticated: 10, SwfResourceUnknown: 15 };

export const heartbeat = async ({ container, key, inOrders }: Setting) =>
  container.heartbeat(key, 'orders', inOrders.taskToken);

export const FAULTS: readonly Fault[] = [
  { alarm: 'SwfThrottled', fault: 'SWF throttles', rule: 'swf=throttle', heartbeat },
  { alarm: 'SwfUnavailable', fault: 'SWF fails', rule: 'swf=error', heartbeat },
  { alarm: 'SwfUnavailable', fault: 'STS cannot be reached', rule: 'sts=down', heartbeat },
  {
    alarm: 'SwfResourceUnknown',
    fault: 'SWF does not know the domain',
    over: {
      forward: async () => {
        throw new SwfResourceUnknownError();
      },
    },
    heartbeat: async (setting) => Promise.all([heartbeat(setting), heartbeat(setting)]),
  },
  {
    alarm: 'TaskNotInDomain',
    fault: 'a worker is handed tasks of another domain',
    heartbeat: async ({ container, key, inBilling }) => container.heartbeat(key, 'orders', inBilling.taskToken),
  },
  {
    alarm: 'DomainNotGranted',
    fault: 'a worker heartbeats in a domain that its key does not name',
    heartbeat: async ({ container, key, inBilling }) => container.heartbeat(key, 'billing', inBilling.taskToken),
  },
  {
    alarm: 'DomainNotGranted',
    fault: 'a worker heartbeats in a domain that the stack does not declare',
    heartbeat: async ({ container, key, inOrders }) => container.heartbeat(key, 'elsewhere', inOrders.taskToken),
  },
  {
    alarm: 'Unauthenticated',
    fault: 'a worker goes on with a revoked key',
    heartbeat: async ({ container, revokedKey, inOrders: { taskToken } }) =>
      Promise.all([
        container.heartbeat(revokedKey, 'orders', taskToken),
        container.heartbeat(revokedKey, 'orders', taskToken),
      ]),
  },
  {
    alarm: 'Unauthenticated',
    fault: 'somebody guesses, too often for a line each',
    heartbeat: async ({ container }) => {
      const guesses = Array.from({ length: 30 }, async (_none, number) => container.send(aGuess(number)));
      return Promise.all(guesses);
    },
  },
  {
    alarm: 'RelayMisconfigured',
    fault: 'a domain’s role may do nothing',
    toAccess: ({ stack }) => {
      const { access } = stack.realm;
      const part = namedParts(access, stack.template).find(({ name }) => name === 'DomainordersRole/Heartbeat #0');
      if (part === undefined) throw new Error('the role of orders has no statement');
      return access.with(withoutPart(part.policy, part.part));
    },
    heartbeat,
  },
  {
    alarm: 'InternalError',
    fault: 'the relay has a bug',
    over: { forward: async () => Promise.reject(new TypeError('a bug')) },
    heartbeat,
  },
  {
    alarm: 'AuthenticationUnavailable',
    fault: 'KMS fails for a key that is new to the container',
    rule: 'kms=error',
    heartbeat,
  },
  {
    alarm: 'AuthenticationUnavailable',
    fault: 'keys cannot be read that are new to the container',
    rule: 'dynamodb.BatchGetItem/WorkerKeys=error',
    heartbeat,
  },
  {
    alarm: 'StaleKeyUsed',
    fault: 'keys cannot be read that the container knows',
    first: heartbeat,
    rule: 'dynamodb.BatchGetItem/WorkerKeys=error',
    heartbeat,
  },
  {
    alarm: 'CacheUnavailable',
    fault: 'task states cannot be read',
    rule: 'dynamodb.GetItem/TaskStates=error',
    heartbeat: async ({ container, key, inOrders }) => container.find(key, 'orders', inOrders.taskId),
  },
  {
    alarm: 'CacheWriteFailed',
    fault: 'task states cannot be written',
    rule: 'dynamodb.UpdateItem/TaskStates=error',
    heartbeat,
  },
];

/** An id that nobody has. */
const aGuess = (number: number) => ({
  path: '/domains/orders/heartbeats',
  headers: bearer({ keyId: aKeyId(number), secret: 'A'.repeat(43) }),
  body: '{}',
});
