import { readFileSync } from 'node:fs';

import { NotReportedError } from './errors.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Log } from './log.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { toFirst } from './text.ts';

/** SWF's limit. */
const MAX_RESULT_CHARACTERS = 32_768;

interface Ended {
  readonly code: number;
  readonly log: Log;
  readonly resultFile: string | undefined;
  /** Of a failure. */
  readonly details: string | undefined;
}

/** Ends the task by how the work ended. @returns the exit code. */
export async function report(heartbeat: Heartbeat, { code, log, resultFile, details }: Ended): Promise<number> {
  const isCanceled = heartbeat.state === 'canceled';
  try {
    if (isCanceled) await heartbeat.cancel();
    else if (code === 0) await heartbeat.complete(readResult(resultFile));
    else await heartbeat.fail(`exit code ${code}`, details);
    return isCanceled ? EXIT_CODES.canceled : code;
  } catch (error) {
    if (!(error instanceof NotReportedError)) throw error;
    if (error.outcome === 'closed') {
      log.say('closed', 'task closed: nothing to report');
      return EXIT_CODES.closed;
    }
    log.say('notReported', 'report given up');
    return EXIT_CODES.notReported;
  }
}

/** A result that cannot be read does not undo the work. */
function readResult(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return toFirst(MAX_RESULT_CHARACTERS, readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
