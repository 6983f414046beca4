/** What a scripted relay does with one request. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** From the request to the answer. */
      readonly afterMs?: number;
    }
  /** No answer, and the connection stays open. */
  | { readonly kind: 'hang' }
  /** The connection ends without an answer. */
  | { readonly kind: 'reset' }
  /** The answer's first bytes, then nothing. */
  | { readonly kind: 'stall' }
  /** A byte of the answer now and then, without an end. */
  | { readonly kind: 'drip' };

const OBSERVED_AT = '2026-11-22T08:00:00.000Z';

const json = (status: number, members: object, headers: Readonly<Record<string, string>> = {}): Reply => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: `${JSON.stringify(members)}\n`,
});

/** A relay that paces the task says `acceptedAt`: the worker then sends a heartbeat every T/6. */
export const recorded = (): Reply =>
  json(200, { cancelRequested: false, forwarded: true, observedAt: OBSERVED_AT, acceptedAt: OBSERVED_AT });

/** Of a relay that does not pace the task. */
export const recordedUnpaced = (): Reply =>
  json(200, { cancelRequested: false, forwarded: true, observedAt: OBSERVED_AT });

/** @param acceptedAgoMs how long ago SWF accepted a heartbeat of the task. */
export const paced = (acceptedAgoMs: number, isCanceled = false): Reply =>
  json(200, {
    cancelRequested: isCanceled,
    forwarded: false,
    code: 'Paced',
    observedAt: OBSERVED_AT,
    acceptedAt: new Date(Date.now() - acceptedAgoMs).toISOString(),
  });

export const cancelRequested = (): Reply =>
  json(200, { cancelRequested: true, forwarded: true, observedAt: OBSERVED_AT, acceptedAt: OBSERVED_AT });

/** The relay remembers a cancel request while SWF cannot answer. */
export const rememberedCancel = (): Reply =>
  json(200, { cancelRequested: true, forwarded: false, observedAt: OBSERVED_AT });

export const problem = (status: number, code: string, retryAfterSeconds?: number): Reply =>
  json(
    status,
    { title: 'Problem', status, code, detail: 'A problem.' },
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
  );

export const closed = (): Reply => problem(410, 'TaskNotOpen');

export const ended = (outcome: 'completed' | 'failed' | 'canceled'): Reply => json(200, { state: 'closed', outcome });

export const answer = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  kind: 'answer',
  status,
  headers,
  body,
});

export const slowly = (afterMs: number, reply: Reply): Reply =>
  reply.kind === 'answer' ? { ...reply, afterMs } : reply;

export const hang: Reply = { kind: 'hang' };
export const reset: Reply = { kind: 'reset' };
export const stall: Reply = { kind: 'stall' };
export const drip: Reply = { kind: 'drip' };
