/** The program inside a container: loads the function's code, then runs its handler for each message of the host. */
import { toContext } from './context.ts';
import { loadHandler } from './handler.ts';
import type { Handler } from './handler.ts';
import { isInvocation } from './messages.ts';
import type { Invocation, Report } from './messages.ts';

/** Lambda's limit on a result, as its refusal names it: "Exceeded maximum allowed payload size (6291556 bytes)". */
const MAX_RESULT_BYTES = 6_291_556;

// Ctrl-C reaches every process of the terminal's group; ending this one is the host's business.
process.on('SIGINT', () => undefined);
// A host that was killed outright can't end us any more; and code that hangs up on its host can't be told anything.
process.once('disconnect', () => process.exit(0));

const report = (message: Report): void => {
  process.send?.(message);
};

const errorTypeOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** Writes an error to the log where Lambda's runtime would: under no other circumstances could its author find it. */
function logError(title: string, error: unknown): void {
  const facts =
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, stack: error.stack?.split('\n') }
      : { errorType: typeof error, errorMessage: String(error) };
  console.error(`${title}\t${JSON.stringify(facts)}`);
}

async function run(handler: Handler, invocation: Invocation): Promise<Report> {
  process.env['_X_AMZN_TRACE_ID'] = invocation.traceId;
  try {
    const result = await handler(JSON.parse(invocation.eventJson), toContext(invocation, process.env));
    // JSON.stringify answers undefined for what JSON can't say; Lambda makes that null.
    const resultJson = JSON.stringify(result === undefined ? null : result) ?? 'null';
    if (Buffer.byteLength(resultJson) > MAX_RESULT_BYTES) {
      return { kind: 'failed', errorType: 'Function.ResponseSizeTooLarge' };
    }
    return { kind: 'answered', resultJson };
  } catch (error) {
    logError('Invoke Error', error);
    return { kind: 'failed', errorType: errorTypeOf(error) };
  }
}

try {
  const codeDir = process.env['LAMBDA_TASK_ROOT'] ?? process.cwd();
  const handler = await loadHandler(codeDir, process.env['_HANDLER'] ?? '');
  process.on('message', (message) => {
    if (isInvocation(message)) void run(handler, message).then(report);
  });
  report({ kind: 'ready' });
} catch (error) {
  logError('Init Error', error);
  report({ kind: 'initFailed', errorType: errorTypeOf(error) });
}
