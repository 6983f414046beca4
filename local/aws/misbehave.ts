import type { ServerResponse } from 'node:http';

import type { FaultRule } from '../faults.ts';
import type { AwsAnswer, AwsApi } from './api.ts';
import { AwsFault } from './fault.ts';

/** Each API's own words for throttling (SWF: captured from the live service; the others: their API references). */
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

/** Acting on a fault ends in an answer, or in none: the connection is then gone, or stays silent. */
export type Misbehaviour = AwsAnswer | 'no answer';

/**
 * Lets a call meet a fault. `slow` and `reset` act on it, as a real API may have when its answer comes late or is lost;
 * the others do not.
 *
 * @param act performs the call.
 */
export async function misbehave(
  rule: FaultRule,
  api: AwsApi,
  response: ServerResponse,
  act: () => Promise<AwsAnswer>,
): Promise<Misbehaviour> {
  switch (rule.kind) {
    case 'throttle':
      throw THROTTLES[api.name]?.() ?? new AwsFault('Throttling', 'Rate exceeded');
    case 'error':
      throw new AwsFault('com.amazon.coral.service#InternalFailure', 'A fault on demand', 500);
    case 'down':
      response.destroy();
      return 'no answer';
    case 'hang':
      return 'no answer';
    case 'slow':
      await new Promise<void>((resolve) => void setTimeout(resolve, rule.delayMs).unref());
      return act();
    case 'reset':
      await act();
      response.socket?.resetAndDestroy();
      return 'no answer';
    case 'garbage':
      return { status: 200, contentType: 'text/html', body: '<html><body>It works!</body></html>' };
  }
}
