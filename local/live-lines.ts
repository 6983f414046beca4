import type { Denial } from './aws/access.ts';
import type { AnsweredExchange } from './gateway/settings.ts';
import { toSeenHeartbeat } from './seen-heartbeats.ts';

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
    const seen = toSeenHeartbeat(exchange, this.#domains);
    if (seen === undefined) return;
    const { domain = '-', taskId = '-'.repeat(SHORT_TASK_ID_LENGTH), status, outcome, elapsedMs } = seen;
    const time = new Date().toTimeString().slice(0, 8);
    const shortId = taskId.slice(0, SHORT_TASK_ID_LENGTH);
    this.#print(`${time} ${domain.padEnd(10)} ${shortId} ${status} ${outcome}  ${elapsedMs} ms`);
  };
}
