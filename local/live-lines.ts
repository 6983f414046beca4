import { z } from 'zod';

import type { Denial } from './aws/access.ts';
import type { AnsweredExchange } from './gateway/settings.ts';
import { toTaskId } from './tasks.ts';

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

const SHORT_TASK_ID_LENGTH = 8;

/** One line per heartbeat, and per end of a task, for the person at the terminal. It shows no secret or token, and only declared domains. */
export class LiveLines {
  readonly #domains: ReadonlySet<string>;
  readonly #print: (line: string) => void;

  constructor(domains: readonly string[], print: (line: string) => void) {
    this.#domains = new Set(domains);
    this.#print = print;
  }

  /** IAM's own sentence. It comes before the line of the heartbeat that IAM denies. */
  readonly onDenial = ({ sentence }: Denial): void => {
    this.#print(`         IAM: ${sentence}`);
  };

  readonly onAnswered = (exchange: AnsweredExchange): void => {
    const match = TASK_PATH.exec(exchange.path);
    if (exchange.method !== 'POST' || match === null) return;
    const time = new Date().toTimeString().slice(0, 8);
    const { domain = '' } = match.groups ?? {};
    const shown = this.#domains.has(domain) ? domain : '-';
    const outcome = `${exchange.status} ${describeOutcome(exchange.responseBody)}`;
    this.#print(`${time} ${shown.padEnd(10)} ${findTaskId(exchange)} ${outcome}  ${Math.round(exchange.elapsedMs)} ms`);
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

function findTaskId({ requestBody }: AnsweredExchange): string {
  const { success, data } = HEARTBEAT.safeParse(parseJson(requestBody.toString('utf8')));
  return success ? toTaskId(data.taskToken).slice(0, SHORT_TASK_ID_LENGTH) : '-'.repeat(SHORT_TASK_ID_LENGTH);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
