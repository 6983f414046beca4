import type { Bucket } from '../local/aws/swf/quotas.ts';
import type { RelayOptions } from './model/relay.ts';
import type { TokenKind } from './model/task.ts';
import type { RetryRule } from './model/worker.ts';

/** Workers that behave. */
export interface WorkerGroup {
  readonly name: string;
  readonly tasks: number;
  readonly timeoutSeconds: number;
  readonly intervalSeconds: number;
  /** Whether they, or the domain's settings, tell the relay T and g. */
  readonly isDeclared: boolean;
  readonly retry: RetryRule;
  /** All start in the same second, instead of being spread over an interval. */
  readonly isSynchronized: boolean;
  readonly domains: number;
  /** How many tasks share a key. */
  readonly tasksPerKey: number;
}

/** A key of a domain that sends as fast as it likes. */
export interface Attack {
  readonly domain: string;
  readonly keys: number;
  readonly perSecondAndKey: number;
  readonly token: TokenKind;
}

export interface OutageOptions {
  readonly kind: 'hang' | 'error';
  readonly atSeconds: number;
  readonly seconds: number;
}

export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly minutes: number;
  /** Whether workers use the relay, or call SWF themselves. */
  readonly path: 'relay' | 'direct';
  readonly containers: number;
  readonly invocationsPerSecond: number;
  readonly gateway: RelayOptions['gateway'];
  readonly groups: readonly WorkerGroup[];
  readonly attacks: readonly Attack[];
  readonly outage?: OutageOptions;
  /** All containers are replaced at this time. */
  readonly restartAtSeconds?: number;
  /** SWF's quota of heartbeats for the account. */
  readonly quota: Bucket;
  /** How many cancel requests the decider makes. */
  readonly cancels: number;
}
