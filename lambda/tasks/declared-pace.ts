import { HEARTBEAT_SECONDS } from '../environment/environment.ts';
import type { DeclaredPace } from '../share/pacing.ts';
import { findMember, invalid } from './heartbeat.ts';

const { min, max } = HEARTBEAT_SECONDS;
const PROBLEM = `must be a whole number from ${min} to ${max}`;

/** Members of the native format. `null` means absent. */
const MEMBERS = { timeout: 'heartbeatTimeoutSeconds', interval: 'nextHeartbeatSeconds' } as const;

/** Headers of the AWS format, because SWF's body has no such members. */
const HEADERS = { timeout: 'x-relay-heartbeat-timeout', interval: 'x-relay-next-heartbeat' } as const;

const DIGITS = /^[1-9]\d*$/;

/** @throws MalformedRequestError whose detail names the member, never its value. */
export function parsePaceMembers(members: object): DeclaredPace {
  const timeoutSeconds = assertSeconds(MEMBERS.timeout, findMember(members, MEMBERS.timeout));
  const intervalSeconds = assertSeconds(MEMBERS.interval, findMember(members, MEMBERS.interval));
  return { timeoutSeconds, intervalSeconds };
}

/**
 * Reads the headers of the AWS format. Its clients take 200 for "recorded", so a task is paced only if the worker sends its
 * timeout: the domain's settings alone are not enough.
 *
 * @returns undefined if the heartbeat must not be paced.
 * @throws MalformedRequestError whose message names the header, never its value.
 */
export function parsePaceHeaders(headers: Readonly<Record<string, string | undefined>>): DeclaredPace | undefined {
  const timeoutSeconds = parseHeader(HEADERS.timeout, headers[HEADERS.timeout]);
  const intervalSeconds = parseHeader(HEADERS.interval, headers[HEADERS.interval]);
  return timeoutSeconds === undefined ? undefined : { timeoutSeconds, intervalSeconds };
}

/** The gateway joins repeated headers with commas, and digits accept none. */
function parseHeader(name: string, value: string | undefined): number | undefined {
  return value === undefined ? undefined : assertSeconds(name, DIGITS.test(value) ? Number(value) : value);
}

function assertSeconds(field: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(field, PROBLEM, `Member ${PROBLEM}`);
}
