import { BODY_MAX_KIB } from '../../http/body-limit.ts';
import { MalformedRequestError } from '../../http/errors.ts';
import { findMember } from '../heartbeat.ts';

const MEMBER = 'heartbeats';

/** Members of a single heartbeat. Beside `heartbeats` they would apply to nothing. */
const SINGLE_MEMBERS = ['taskToken', 'details', 'heartbeatTimeoutSeconds', 'nextHeartbeatSeconds'] as const;

const MAX_ENTRIES = 100;

/** 100 times 5 KB. A heartbeat of 1024 + 2048 characters has so much room if one in three is not ASCII. */
const BATCH_MAX_KIB = 512;

/**
 * Looks only for the member's name, because nobody has proved who sent the body yet: it is parsed later. A single heartbeat that
 * contains the name is then refused if it is too large.
 */
export function toMaxBodyKib(body: Buffer): number {
  return body.includes(`"${MEMBER}"`) ? BATCH_MAX_KIB : BODY_MAX_KIB;
}

/**
 * @returns undefined unless the members are those of a batch.
 * @throws MalformedRequestError if they are, but the batch as a whole is wrong.
 */
export function findEntries(members: object): readonly unknown[] | undefined {
  const entries = findMember(members, MEMBER);
  if (entries === undefined) return undefined;
  assertNoOther(members);
  if (!isList(entries)) throw new MalformedRequestError('heartbeats must be a list.');
  if (entries.length === 0) throw new MalformedRequestError('heartbeats must not be empty.');
  if (entries.length > MAX_ENTRIES) {
    throw new MalformedRequestError(`heartbeats must have at most ${MAX_ENTRIES} entries.`);
  }
  return entries;
}

/** @throws MalformedRequestError, as a single heartbeat of the same members would be answered. */
export function assertEntry(entry: unknown): object {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw new MalformedRequestError('An entry of heartbeats must be a JSON object.');
  }
  if (findMember(entry, MEMBER) !== undefined) {
    throw new MalformedRequestError('An entry of heartbeats must not contain heartbeats.');
  }
  return entry;
}

/** `Array.isArray` alone would make a list of `any`. */
function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function assertNoOther(members: object): void {
  const other = SINGLE_MEMBERS.find((name) => findMember(members, name) !== undefined);
  if (other === undefined) return;
  throw new MalformedRequestError(`${other} must be in an entry of heartbeats, not beside them.`);
}
