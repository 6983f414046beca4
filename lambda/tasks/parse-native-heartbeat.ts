import { parsePaceMembers } from './declared-pace.ts';
import { toHeartbeat } from './heartbeat.ts';
import type { ParsedHeartbeat } from './record-heartbeat.ts';

/** @throws MalformedRequestError */
export function parseNativeHeartbeat(members: object): ParsedHeartbeat {
  return { heartbeat: toHeartbeat(members), declared: parsePaceMembers(members) };
}
