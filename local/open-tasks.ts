import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { z } from 'zod';

import type { OpenTask } from './aws/swf/open-tasks.ts';

export type { OpenTask } from './aws/swf/open-tasks.ts';

/** The part of a connection that the operator needs. */
export interface OperatorConnection {
  readonly awsUrl: string;
  readonly region: string;
  readonly operator: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Thrown if the local stack refuses to list the tasks. */
export class OpenTasksError extends Error {
  override readonly name = 'OpenTasksError';
}

const TIME = z.iso.datetime();

const OPEN_TASK: z.ZodType<OpenTask> = z.object({
  domain: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  activityId: z.string(),
  taskId: z.string().exactOptional(),
  state: z.enum(['scheduled', 'started']),
  cancelRequested: z.boolean(),
  scheduledAt: TIME,
  startedAt: TIME.exactOptional(),
  lastHeartbeatAt: TIME.exactOptional(),
  details: z.string().exactOptional(),
  timesOutAt: TIME.exactOptional(),
  timesOutBy: z.enum(['SCHEDULE_TO_START', 'START_TO_CLOSE', 'SCHEDULE_TO_CLOSE', 'HEARTBEAT']).exactOptional(),
});

const ANSWER = z.object({ tasks: z.array(OPEN_TASK) });
const FAULT = z.object({ __type: z.string(), message: z.string() });

/**
 * Lists the open activity tasks of the local stack, the newest first: those of one domain, or of all domains.
 *
 * @throws OpenTasksError if the stack refuses the request, for example because the domain does not exist.
 */
export async function listOpenTasks(connection: OperatorConnection, domain?: string): Promise<OpenTask[]> {
  const response = await post(connection, JSON.stringify({ domain }));
  const answer: unknown = await response.json();
  if (response.ok) return ANSWER.parse(answer).tasks;
  const { success, data } = FAULT.safeParse(answer);
  if (!success) throw new OpenTasksError(`the local stack answered ${response.status}`);
  const { __type: code, message } = data;
  throw new OpenTasksError(`${code}: ${message}`);
}

async function post({ awsUrl, region, operator }: OperatorConnection, body: string): Promise<Response> {
  const signer = new SignatureV4({ service: 'local-stack', region, credentials: { ...operator }, sha256: Sha256 });
  const { headers } = await signer.sign(
    new HttpRequest({
      method: 'POST',
      path: '/',
      headers: {
        host: new URL(awsUrl).host,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'LocalStack.ListActivityTasks',
      },
      body,
    }),
  );
  return fetch(awsUrl, { method: 'POST', headers, body });
}
