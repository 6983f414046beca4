import { hash } from 'node:crypto';

import type { Operation } from '../../environment/environment.ts';
import { findText, parseTaskToken, type TaskToken } from '../heartbeat.ts';
import type { EndOutcome } from '../task-state.ts';

/** How a worker can end a task. */
export type EndKind = Exclude<Operation, 'heartbeat'>;

export interface End {
  readonly kind: EndKind;
  /** Everything that SWF gets, by SWF's names. */
  readonly input: EndInput;
}

export interface EndInput {
  readonly taskToken: TaskToken;
  readonly result?: string;
  readonly reason?: string;
  readonly details?: string;
}

export const OUTCOMES: Readonly<Record<EndKind, EndOutcome>> = {
  complete: 'completed',
  fail: 'failed',
  cancel: 'canceled',
};

/** SWF's API reference, RespondActivityTaskCompleted, -Failed and -Canceled. */
const RESULT_MAX_CHARACTERS = 32_768;
const REASON_MAX_CHARACTERS = 256;

/** The longest body that SWF takes: 32,768 + 256 + 1024 characters, each of them up to 12 bytes if JSON escapes it. */
export const END_MAX_KIB = 512;

const MEMBERS: Readonly<Record<EndKind, Readonly<Partial<Record<keyof EndInput, number>>>>> = {
  complete: { result: RESULT_MAX_CHARACTERS },
  fail: { reason: REASON_MAX_CHARACTERS, details: RESULT_MAX_CHARACTERS },
  cancel: { details: RESULT_MAX_CHARACTERS },
};

/**
 * Like SWF, it ignores unknown members.
 *
 * @throws MalformedRequestError whose detail names the field, never its value.
 */
export function toEnd(kind: EndKind, members: object): End {
  const input: { taskToken: TaskToken } & Record<string, string> = { taskToken: parseTaskToken(members) };
  for (const [name, maxCharacters] of Object.entries(MEMBERS[kind])) {
    const text = findText(members, name, maxCharacters);
    if (text !== undefined) input[name] = text;
  }
  return { kind, input };
}

declare const endHash: unique symbol;

/** SHA-256 of an end, unpadded base64url. It covers the task token, so that nobody can guess a short result from it. */
export type EndHash = string & { readonly [endHash]: true };

export function toEndHash({ kind, input }: End): EndHash {
  const { taskToken, result = null, reason = null, details = null } = input;
  const text = JSON.stringify([kind, taskToken, result, reason, details]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that creates this branded type
  return hash('sha256', text, 'base64url') as EndHash;
}
