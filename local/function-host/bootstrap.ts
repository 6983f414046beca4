/** The program inside a container. It loads the function's code, then runs the handler for each message of the host. */
import { toContext } from './context.ts';
import { loadHandler } from './handler.ts';
import type { Handler } from './handler.ts';
import { isInvocation } from './messages.ts';
import type { Invocation, Report } from './messages.ts';

/** Lambda's limit on a result, from its error text: "Exceeded maximum allowed payload size (6291556 bytes)". */
const MAX_RESULT_BYTES = 6_291_556;

// Ctrl-C reaches every process in the terminal's process group. The host ends this process.
process.on('SIGINT', () => undefined);
// A host that was killed can no longer end this process. If the function's code disconnects, no message can reach it.
process.once('disconnect', () => process.exit(0));

const report = (message: Report): void => {
  process.send?.(message);
};

const errorTypeOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** Logs an error where Lambda's runtime would. The author of the code finds it nowhere else. */
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
    // JSON.stringify returns undefined for a value that JSON cannot represent. Lambda returns null for it.
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
