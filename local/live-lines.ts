import { z } from 'zod';

import type { Denial } from './aws/access.ts';
import type { AnsweredExchange } from './gateway/settings.ts';
import { toTaskId } from './tasks.ts';

/** The part of an answer that says how a beat went. */
const OUTCOME = z.object({
  code: z.string().optional(),
  __type: z.string().optional(),
  cancelRequested: z.boolean().optional(),
  forwarded: z.boolean().optional(),
});
const BEAT = z.object({ taskToken: z.string() });
/** In the native form, and in the two of SWF's own protocol, of which the root names no domain. */
const BEAT_PATH = /^\/(?:domains\/(?<domain>[^/]+)(?:\/heartbeats|\/)?)?$/;

const SHORT_TASK_ID_LENGTH = 8;

/** One line per beat for the person at the terminal; no secret, no token, and no domain but a declared one. */
export class LiveLines {
  readonly #domains: ReadonlySet<string>;
  readonly #print: (line: string) => void;

  constructor(domains: readonly string[], print: (line: string) => void) {
    this.#domains = new Set(domains);
    this.#print = print;
  }

  /** IAM's own sentence, which comes before the line of the beat that it denies. */
  readonly onDenial = ({ sentence }: Denial): void => {
    this.#print(`         IAM: ${sentence}`);
  };

  readonly onAnswered = (exchange: AnsweredExchange): void => {
    const match = BEAT_PATH.exec(exchange.path);
    if (exchange.method !== 'POST' || match === null) return;
    const time = new Date().toTimeString().slice(0, 8);
    const { domain = '' } = match.groups ?? {};
    const shown = this.#domains.has(domain) ? domain : '-';
    const outcome = `${exchange.status} ${describeOutcome(exchange.responseBody)}`;
    this.#print(`${time} ${shown.padEnd(10)} ${findTaskId(exchange)} ${outcome}  ${Math.round(exchange.elapsedMs)} ms`);
  };
}

function describeOutcome(responseBody: string): string {
  const { success, data } = OUTCOME.safeParse(parseJson(responseBody));
  if (!success) return '';
  const { __type: type } = data;
  const code = data.code ?? type?.split('#').at(-1);
  if (code !== undefined) return code;
  return `cancelRequested ${data.cancelRequested}${data.forwarded === false ? ', from the cache' : ''}`;
}

function findTaskId({ requestBody }: AnsweredExchange): string {
  const { success, data } = BEAT.safeParse(parseJson(requestBody.toString('utf8')));
  return success ? toTaskId(data.taskToken).slice(0, SHORT_TASK_ID_LENGTH) : '-'.repeat(SHORT_TASK_ID_LENGTH);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
