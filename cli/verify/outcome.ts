import { SomethingElseError } from './check.ts';
import type { RelayAnswer } from './relay-client.ts';

/** What a code means in its place, for the person who can fix it. */
export type Meanings = Readonly<Record<string, string>>;

/** The code of the relay, SWF or the gateway; empty for an answer that has none. */
export function codeOf({ body }: Pick<RelayAnswer, 'body'>): string {
  const { code, __type: type, message } = body;
  const word = [code, type, message].find((candidate) => typeof candidate === 'string');
  return word?.replace(/^.*#/, '') ?? '';
}

/** For example `503 RelayMisconfigured (request abc=)`. The request id finds the rest in the function's log. */
export function describe(answer: RelayAnswer): string {
  const { requestId } = answer.body;
  const request = typeof requestId === 'string' ? ` (request ${requestId})` : '';
  return `${answer.status} ${codeOf(answer)}`.trim() + request;
}

/** @throws SomethingElseError with what the code means, unless the answer has this status and code. */
export function assertAnswer(answer: RelayAnswer, status: number, code: string, meanings: Meanings = {}): void {
  if (answer.status === status && codeOf(answer) === code) return;
  const meaning = meanings[codeOf(answer)];
  const wanted = `${status} ${code}`.trim();
  throw new SomethingElseError(
    `${describe(answer)} instead of ${wanted}${meaning === undefined ? '' : `: ${meaning}`}`,
  );
}

/** @throws SomethingElseError unless SWF recorded this heartbeat, and answered `cancelRequested` as given. */
export function assertRecorded(answer: RelayAnswer, cancelRequested: boolean, meanings: Meanings = {}): void {
  assertAnswer(answer, 200, '', meanings);
  const { forwarded, cancelRequested: answered } = answer.body;
  if (forwarded === true && answered === cancelRequested) return;
  throw new SomethingElseError(
    `forwarded ${String(forwarded)}, cancelRequested ${String(answered)} instead of true, ${cancelRequested}`,
  );
}
