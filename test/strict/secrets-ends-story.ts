import type { Cast } from './secrets-cast.ts';
import { call, newTask } from './secrets-story.ts';

/** How a task can end: the native path, SWF's operation, and the members that hold secrets. */
const ENDS = [
  ['completions', 'RespondActivityTaskCompleted', ['result']],
  ['failures', 'RespondActivityTaskFailed', ['reason', 'details']],
  ['cancellations', 'RespondActivityTaskCanceled', ['details']],
] as const;

/** Each end in both formats: refused, in an outage, accepted, repeated, and another one after it. */
export async function playEnds(cast: Cast): Promise<number[]> {
  const { running } = cast;
  const { relayUrl, faults } = running.stack;
  const { keyId, secret } = await cast.issueForEnds();
  const authorization = `Bearer ${keyId}.${secret}`;
  const statuses: number[] = [];
  for (const [path, operation, names] of ENDS) {
    for (const [url, target] of [
      [`${relayUrl}/domains/orders/${path}`, {}],
      [`${relayUrl}/domains/orders`, { 'x-amz-target': `SimpleWorkflowService.${operation}` }],
    ] as const) {
      const send = async (body: object): Promise<void> => {
        const init = { method: 'POST', headers: { authorization, ...target }, body: JSON.stringify(body) };
        statuses.push(await call(cast, url, init));
      };
      const { taskToken } = await newTask(cast);
      const payload = Object.fromEntries(names.map((name) => [name, cast.newMark(name)]));
      const tooLong = Object.fromEntries(names.map((name) => [name, cast.newMark(name).repeat(1_000)]));
      await send({ taskToken, ...tooLong });
      faults.set(['swf=error']);
      await send({ taskToken, ...payload });
      faults.set([]);
      await send({ taskToken, ...payload });
      await send({ taskToken, ...payload });
      await send({ taskToken, ...payload, [names[0]]: cast.newMark(names[0]) });
    }
  }
  return statuses;
}
