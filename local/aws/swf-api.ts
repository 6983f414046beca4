import { z } from 'zod';

import type { AwsApi } from './api.ts';
import { AwsFault } from './fault.ts';
import { jsonProtocol, parseJsonBody, toJsonAnswer } from './json-protocol.ts';
import { SwfFault } from './swf/faults.ts';
import type { LocalSwf } from './swf/local-swf.ts';
import { toTaskId } from './swf/tokens.ts';

/** Connects SWF to the endpoint. Authorizes each operation on a domain before SWF reads or changes anything. */
export function createSwfApi(swf: LocalSwf): AwsApi {
  return {
    ...jsonProtocol('1.0'),
    name: 'swf',
    findTaskId,
    answer: async ({ operation, caller, region, body, signal }) => {
      const { accountId } = caller;
      const authorize = (domain: string | undefined): void => {
        // ListDomains needs all domains: its page in the API Reference asks for `…domain/*`, and a denial of the real
        // service names `…:/domain/*` (Netflix/asgard, issue 722).
        const resource = `arn:aws:swf:${region}:${accountId}:/domain/${domain ?? '*'}`;
        caller.realm.access.authorize(caller, { action: `swf:${operation}`, resource });
      };
      try {
        const input = parseJsonBody(body);
        const output = await swf.handle({ operation, input, caller: { accountId, region }, authorize, signal });
        return toJsonAnswer('1.0', output);
      } catch (error) {
        throw error instanceof SwfFault ? new AwsFault(error.type, error.message) : error;
      }
    },
  };
}

const ON_TASK = z.object({ taskToken: z.string() });

/** Undefined for a request without a task token. Whether SWF knows the token does not matter. */
function findTaskId(body: Buffer): string | undefined {
  try {
    const { success, data } = ON_TASK.safeParse(parseJsonBody(body));
    return success ? toTaskId(data.taskToken) : undefined;
  } catch (error) {
    if (error instanceof AwsFault) return undefined; // SWF itself refuses the body
    throw error;
  }
}
