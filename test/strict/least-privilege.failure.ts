import { RelayError } from '../../lambda/http/errors.ts';

/**
 * What relay and operator are for, in the order in which a permission is first missed. `read` comes before `outage`,
 * because its answer tells a row that was never stored from one that can't be read; `show` and `list` come before what
 * changes keys. A task is ended that is closed already, so that no story uses one up: SWF says so only to whoever may end it. `rate`
 * is whether tokens were leased, `seen` whether the day of a key's use was stored.
 */
export type Step =
  | 'issue'
  | 'start'
  | 'heartbeat'
  | 'cancel'
  | 'read'
  | 'end as completed'
  | 'end as failed'
  | 'end as canceled'
  | 'outage'
  | 'rate'
  | 'seen'
  | 'show'
  | 'list'
  | 'rotate'
  | 'revoke'
  | 'revoke version 1'
  | 'shown revoked'
  | 'purge';

/** The first step that fails. */
export interface Failure {
  readonly step: Step;
  /** The relay's, the AWS fault's, or what else was answered. */
  readonly code: string;
  /** The name of a domain, or all of them. */
  readonly where: string;
}

export const EVERYWHERE = 'every domain';

/** A command that says more than AWS did keeps as its cause what AWS said. */
export function codeOf(error: unknown): string {
  if (error instanceof RelayError) return error.code;
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return codeOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
