import type { ServerResponse } from 'node:http';

import type { FaultRule } from '../faults.ts';
import type { AwsAnswer, AwsApi } from './api.ts';
import { AwsFault } from './fault.ts';

/** Each API's own throttling fault. SWF's comes from the live service, the others from their API references. */
const THROTTLES: Readonly<Record<string, () => AwsFault>> = {
  swf: () => new AwsFault('com.amazon.coral.availability#ThrottlingException', 'Rate exceeded'),
  sts: () => new AwsFault('Throttling', 'Rate exceeded'),
  kms: () => new AwsFault('ThrottlingException', 'You have exceeded the rate at which you may call KMS.'),
  dynamodb: () =>
    new AwsFault(
      'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      'The level of configured provisioned throughput for the table was exceeded.',
    ),
};

const failure = (): AwsFault => new AwsFault('com.amazon.coral.service#InternalFailure', 'A fault on demand', 500);

/** Waits, but no longer than until the endpoint closes. */
async function wait(delayMs: number, closing: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const timer = setTimeout(end, delayMs).unref();
  closing.addEventListener('abort', end, { once: true });
  await promise;
  clearTimeout(timer);
  closing.removeEventListener('abort', end);
}

/** An answer, or none: the connection is then closed, or stays silent. */
export type PossibleAnswer = AwsAnswer | 'no answer';

/**
 * Answers a call with a fault. For `slow` and `reset`, the API performs the call, as a real one may have done when its
 * answer comes late or is lost. For all other faults, it does not perform the call.
 *
 * @param act performs the call.
 * @param closing ends the wait of `slow` and `stall` when the endpoint closes.
 */
export async function applyFault(
  rule: FaultRule,
  api: AwsApi,
  response: ServerResponse,
  act: () => Promise<AwsAnswer>,
  closing: AbortSignal,
): Promise<PossibleAnswer> {
  switch (rule.kind) {
    case 'throttle':
      throw THROTTLES[api.name]?.() ?? new AwsFault('Throttling', 'Rate exceeded');
    case 'error':
      throw failure();
    case 'down':
      response.destroy();
      return 'no answer';
    case 'hang':
      return 'no answer';
    case 'slow':
      await wait(rule.delayMs, closing);
      return act();
    case 'stall':
      await wait(rule.delayMs, closing);
      throw failure();
    case 'reset':
      await act();
      response.socket?.resetAndDestroy();
      return 'no answer';
    case 'garbage':
      return { status: 200, contentType: 'text/html', body: '<html><body>It works!</body></html>' };
  }
}
