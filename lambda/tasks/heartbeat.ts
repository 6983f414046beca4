import { hash } from 'node:crypto';

import { MalformedRequestError } from '../http/errors.ts';
import type { Loggable } from '../http/trace.ts';

/** An opaque task token from SWF. Its holder can act on the task, so the relay sends it only to SWF. */
export type TaskToken = string & { readonly kind: 'TaskToken' };

/** Unpadded base64url SHA-256 of a task token. It names the task in URLs, logs and tables, but permits no action. */
export type TaskId = Loggable & { readonly kind: 'TaskId' };

export interface Heartbeat {
  readonly taskToken: TaskToken;
  readonly details?: string;
}

/** SWF's API reference, RecordActivityTaskHeartbeat: taskToken 1 to 1024 characters, details at most 2048. */
export const TASK_TOKEN_MAX_CHARACTERS = 1024;
export const DETAILS_MAX_CHARACTERS = 2048;

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const TASK_ID = /^[A-Za-z0-9_-]{43}$/;

/** @throws MalformedRequestError as `parseMembers` and `toHeartbeat` do. */
export function parseHeartbeat(body: Uint8Array): Heartbeat {
  return toHeartbeat(parseMembers(body));
}

/**
 * Reads `{"taskToken": "…", "details": "…"}`. Like SWF, it ignores unknown members.
 *
 * @throws MalformedRequestError whose detail names the field, never its value.
 */
export function toHeartbeat(members: object): Heartbeat {
  const taskToken = parseTaskToken(members);
  const details = findText(members, 'details', DETAILS_MAX_CHARACTERS);
  return details === undefined ? { taskToken } : { taskToken, details };
}

/** @throws MalformedRequestError unless the member is absent, or a text that SWF may take. */
export function findText(members: object, name: string, maxCharacters: number): string | undefined {
  const value = findMember(members, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalid(name, 'must be a string', 'Member must be a string');
  assertText(name, value, maxCharacters);
  return value;
}

/** @throws MalformedRequestError */
export function parseTaskToken(members: object): TaskToken {
  const value = findMember(members, 'taskToken');
  if (typeof value !== 'string') {
    if (value === undefined) throw invalid('taskToken', 'is missing', 'Member must not be null');
    throw invalid('taskToken', 'must be a string', 'Member must be a string');
  }
  assertText('taskToken', value, TASK_TOKEN_MAX_CHARACTERS);
  if (value === '') {
    throw invalid('taskToken', 'must not be empty', 'Member must have length greater than or equal to 1');
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that creates this branded type
  return value as TaskToken;
}

export function toTaskId(taskToken: TaskToken): TaskId {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a SHA-256 in base64url has the task id's format
  return hash('sha256', taskToken, 'base64url') as TaskId;
}

export function isTaskId(text: string): text is TaskId {
  return TASK_ID.test(text);
}

/** @throws MalformedRequestError if the bytes are not a JSON object in UTF-8. */
export function parseMembers(body: Uint8Array): object {
  let value: unknown;
  try {
    value = JSON.parse(UTF8.decode(body));
  } catch (cause) {
    throw new MalformedRequestError('The body must be JSON in UTF-8.', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedRequestError('The body must be a JSON object.');
  }
  return value;
}

/** Serializers write `null` for a member that is not set, so `null` means absent, as it does for SWF. */
export function findMember(members: object, name: string): unknown {
  const value: unknown = Object.hasOwn(members, name) ? Reflect.get(members, name) : undefined;
  return value === null ? undefined : value;
}

/**
 * It is not known whether SWF counts code points or UTF-16 units. A text never has more code points than units, so SWF
 * would also refuse what the relay refuses here. A lone surrogate has no UTF-8 form, so the relay could not forward it
 * unchanged.
 */
function assertText(field: string, text: string, maxCharacters: number): void {
  if (!text.isWellFormed()) throw invalid(field, 'must be well-formed Unicode', 'Member must be well-formed Unicode');
  const isTooLong = text.length > maxCharacters && Array.from(text).length > maxCharacters;
  if (isTooLong) {
    const constraint = `Member must have length less than or equal to ${maxCharacters}`;
    throw invalid(field, `must have at most ${maxCharacters} characters`, constraint);
  }
}

/** The text for SWF's format is that of SWF's `ValidationException`, without the value. */
export function invalid(field: string, problem: string, constraint: string): MalformedRequestError {
  const swfText = `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${constraint}`;
  return new MalformedRequestError(`${field} ${problem}.`, { swfText });
}
