import { z } from 'zod';

import type { AwsApi, AwsCall } from './api.ts';
import { AwsFault } from './fault.ts';
import { jsonProtocol, parseJsonBody, toJsonAnswer } from './json-protocol.ts';
import { isOperator } from './operator.ts';
import { SwfFault } from './swf/faults.ts';
import type { LocalSwf } from './swf/local-swf.ts';

/** `domain` limits the answer to one domain. */
const LIST_ACTIVITY_TASKS = z.strictObject({ domain: z.string().optional() });

/** Answers what AWS does not tell. Only the operator may call it, and no operation changes anything. */
export function createLocalStackApi(swf: LocalSwf): AwsApi {
  return {
    ...jsonProtocol('1.0'),
    name: 'local-stack',
    answer: async (call) => {
      assertOperator(call);
      if (call.operation !== 'ListActivityTasks') {
        throw new AwsFault('UnknownOperationException', `The local stack has no operation ${call.operation}`);
      }
      return toJsonAnswer('1.0', { tasks: listActivityTasks(call, swf) });
    },
  };
}

/** No policy can grant these operations, not even one that allows `*`. */
function assertOperator({ caller, operation }: AwsCall): void {
  if (isOperator(caller)) return;
  throw new AwsFault('AccessDeniedException', `Only the operator may perform local-stack:${operation}`);
}

function listActivityTasks({ caller: { accountId }, region, body }: AwsCall, swf: LocalSwf): object[] {
  const { success, data } = LIST_ACTIVITY_TASKS.safeParse(parseJsonBody(body));
  if (!success) throw new AwsFault('ValidationException', 'The request is not a valid ListActivityTasks request');
  try {
    return swf.listOpenTasks({ accountId, region }, data.domain);
  } catch (error) {
    throw error instanceof SwfFault ? new AwsFault(error.type, error.message) : error;
  }
}
