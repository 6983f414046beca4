import { constants, fstatSync, openSync, writeSync } from 'node:fs';

export type LogEvent =
  | 'recorded'
  | 'notRecorded'
  | 'cancelRequested'
  | 'closed'
  | 'lost'
  | 'killed'
  | 'notStarted'
  | 'reported'
  | 'notReported'
  | 'usage';

/** Not what ends the work. */
const CHATTY: ReadonlySet<LogEvent> = new Set(['recorded', 'notRecorded', 'reported', 'notReported']);

const STDERR = 2;

/** Lines on standard error. They never fail, and never wait for a reader. */
export class Log {
  readonly #isQuiet: boolean;
  readonly #format: 'text' | 'json';
  readonly #descriptor = openLogDescriptor();
  #last = '';

  constructor({ quiet, log }: { readonly quiet: boolean; readonly log: 'text' | 'json' }) {
    this.#isQuiet = quiet;
    this.#format = log;
  }

  /** Prints a line, unless it is the last one again. The cause in brackets at its end does not count. */
  say(event: LogEvent, message: string): void {
    const text = message.replace(/ \(.*\)$/, '');
    if (text === this.#last) return;
    this.#last = text;
    if (this.#isQuiet && CHATTY.has(event)) return;
    const time = new Date().toISOString().replace(/\.\d+/, '');
    this.#write(this.#format === 'json' ? JSON.stringify({ time, event, message }) : `heartbeat: ${message}`);
  }

  /** A closed or full one loses lines, and nothing else. */
  #write(line: string): void {
    try {
      writeSync(this.#descriptor, `${line}\n`);
    } catch {}
  }
}

/**
 * A pipe that nobody empties makes a writer wait. The work shares standard error, so its own mode must stay as it is:
 * where the system can, this opens the same pipe once more.
 */
export function openLogDescriptor(): number {
  try {
    if (!fstatSync(STDERR).isFIFO()) return STDERR;
    return openSync(`/proc/self/fd/${STDERR}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return STDERR;
  }
}
