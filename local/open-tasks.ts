import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { z } from 'zod';

import { LIST_ACTIVITY_TASKS, LOCAL_STACK_SERVICE } from './aws/local-stack-api.ts';

import type { Connection } from './connection.ts';

const BODY = '{}';

const ANSWER = z.object({
  activityTasks: z.array(
    z.object({
      domain: z.string(),
      workflowId: z.string(),
      runId: z.string(),
      activityId: z.string(),
      taskId: z.string().optional(),
      state: z.enum(['scheduled', 'started']),
      cancelRequested: z.boolean(),
      scheduledAt: z.iso.datetime(),
      startedAt: z.iso.datetime().optional(),
      lastHeartbeatAt: z.iso.datetime().optional(),
      details: z.string().optional(),
      timesOutAt: z.iso.datetime().optional(),
      timesOutBy: z.string().optional(),
    }),
  ),
});

/** An open activity task of the local SWF. Times are ISO 8601, UTC. It contains no task token. */
export type OpenTask = z.infer<typeof ANSWER>['activityTasks'][number];

/** The local stack did not say which tasks are open. */
export class TasksUnreadableError extends Error {
  override readonly name = 'TasksUnreadableError';
}

/**
 * Asks the running local stack for its open activity tasks, the newest first.
 *
 * @param domain only this domain; every domain if undefined.
 * @throws TasksUnreadableError
 */
export async function listOpenTasks(
  { awsUrl, region, operator }: Pick<Connection, 'awsUrl' | 'region' | 'operator'>,
  domain?: string,
): Promise<readonly OpenTask[]> {
  const { hostname, port, host } = new URL(awsUrl);
  const request = new HttpRequest({
    protocol: 'http:',
    hostname,
    port: Number(port),
    method: 'POST',
    path: '/',
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `LocalStack.${LIST_ACTIVITY_TASKS}`,
    },
    body: BODY,
  });
  const signer = new SignatureV4({
    service: LOCAL_STACK_SERVICE,
    region,
    credentials: { ...operator },
    sha256: Sha256,
  });
  const { headers } = await signer.sign(request);
  const response = await fetch(awsUrl, { method: 'POST', headers, body: BODY });
  if (!response.ok)
    throw new TasksUnreadableError(`the local stack answered ${response.status}: ${await response.text()}`);
  const { activityTasks } = ANSWER.parse(await response.json());
  return domain === undefined ? activityTasks : activityTasks.filter((task) => task.domain === domain);
}
