import { parsePaceMembers } from './declared-pace.ts';
import { toHeartbeat } from './heartbeat.ts';
import type { ParsedHeartbeat } from './record-heartbeat.ts';

/** The worker of the native format sends its next heartbeat soon, so it gets a stored `true` at once. */
export const NATIVE_MAX_CALLS = 1;

/** @throws MalformedRequestError */
export function parseNativeHeartbeat(members: object): ParsedHeartbeat {
  return { heartbeat: toHeartbeat(members), declared: parsePaceMembers(members) };
}
