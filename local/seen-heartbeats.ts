import { z } from 'zod';

import type { AnsweredExchange } from './gateway/settings.ts';
import { toTaskId } from './tasks.ts';

/** A heartbeat, or the end of a task, that the relay answered. It holds no secret and no token, and names only declared domains. */
export interface SeenHeartbeat {
  /** Undefined if the path names no domain that the stack declares. */
  readonly domain: string | undefined;
  /** Undefined for a batch, or a body without a token. */
  readonly taskId: string | undefined;
  readonly status: number;
  /** The answer's code, how the task ended, or whether cancel is requested. */
  readonly outcome: string;
  readonly elapsedMs: number;
}

/** The part of an answer that says how a heartbeat, or the end of a task, went. */
const OUTCOME = z.object({
  code: z.string().optional(),
  __type: z.string().optional(),
  cancelRequested: z.boolean().optional(),
  forwarded: z.boolean().optional(),
  outcome: z.string().optional(),
});
type Outcome = z.infer<typeof OUTCOME>;

const HEARTBEAT = z.object({ taskToken: z.string() });
const BATCH_ANSWER = z.object({ results: z.array(OUTCOME.extend({ status: z.number() })) });
/** The paths of the native format, and the three of AWS clients. The root names no domain. */
const TASK_PATH = /^\/(?:domains\/(?<domain>[^/]+)(?:\/(?:heartbeats|completions|failures|cancellations)?)?)?$/;

/** @returns undefined if the exchange is not about a task. */
export function toSeenHeartbeat(exchange: AnsweredExchange, domains: ReadonlySet<string>): SeenHeartbeat | undefined {
  const { method, path, status, elapsedMs } = exchange;
  const match = TASK_PATH.exec(path);
  if (method !== 'POST' || match === null) return undefined;
  const { domain = '' } = match.groups ?? {};
  return {
    domain: domains.has(domain) ? domain : undefined,
    taskId: findTaskId(exchange),
    status,
    outcome: describeOutcome(exchange.responseBody),
    elapsedMs: Math.round(elapsedMs),
  };
}

function describeOutcome(responseBody: string): string {
  const answer = parseJson(responseBody);
  const batch = BATCH_ANSWER.safeParse(answer);
  if (batch.success) return describeBatch(batch.data.results);
  const { success, data } = OUTCOME.safeParse(answer);
  return success ? describeOne(data) : '';
}

/** How many heartbeats of a batch came to what. */
function describeBatch(results: readonly (Outcome & { readonly status: number })[]): string {
  const counts = Map.groupBy(results, (result) => `${result.status} ${describeOne(result)}`);
  return `batch of ${results.length}: ${[...counts].map(([outcome, { length }]) => `${length} × ${outcome}`).join(', ')}`;
}

function describeOne(data: Outcome): string {
  const { __type: type } = data;
  const code = data.code ?? type?.split('#').at(-1);
  if (code !== undefined) return code;
  if (data.outcome !== undefined) return data.outcome;
  return `cancelRequested ${data.cancelRequested}${data.forwarded === false ? ', from the cache' : ''}`;
}

function findTaskId({ requestBody }: AnsweredExchange): string | undefined {
  const { success, data } = HEARTBEAT.safeParse(parseJson(requestBody.toString('utf8')));
  return success ? toTaskId(data.taskToken) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
