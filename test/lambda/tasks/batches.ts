import { z } from 'zod';

import type { Forward } from '../../../lambda/tasks/heartbeat-attempt.ts';
import type { HttpEvent, HttpResult } from '../../../lambda/http/event.ts';
import type { FakeBackends } from '../test-app.ts';

export const aBatch = (...heartbeats: readonly unknown[]): Pick<HttpEvent, 'body'> & { body: string } => ({
  body: JSON.stringify({ heartbeats }),
});

/** Heartbeats of so many tasks. */
export const heartbeatsOf = (tasks: number): { taskToken: string }[] =>
  Array.from({ length: tasks }, (_, task) => ({ taskToken: `token ${task}` }));

export type Members = Readonly<Record<string, unknown>>;

const MEMBERS = z.record(z.string(), z.unknown());
const RESULTS = z.strictObject({ results: z.array(MEMBERS) });

export const toMembers = ({ body }: HttpResult): Members => MEMBERS.parse(JSON.parse(body));

/** The results of an answer that must have some. */
export const toResults = ({ body }: HttpResult): readonly Members[] => RESULTS.parse(JSON.parse(body)).results;

/** What an entry of a batch is told in the place of this answer. */
export function toResult(answer: HttpResult): Members {
  const retryAfter = answer.headers['retry-after'];
  const hint = retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) };
  return { status: answer.statusCode, ...toMembers(answer), ...hint };
}

/** Calls of SWF that a test answers by task token. */
export const forwardBy =
  (backends: FakeBackends, answer: (taskToken: string) => boolean | Promise<boolean>): Forward =>
  async (domain, heartbeat) => {
    backends.forwarded.push({ domain: domain.name, heartbeat });
    const startedAtMs = backends.nowMs;
    const cancelRequested = await answer(heartbeat.taskToken);
    return { kind: 'accepted', cancelRequested, startedAtMs, observedAtMs: backends.nowMs };
  };
