import { allows, type Operation } from '../../lambda/environment/environment.ts';
import type { RelayAnswer } from './relay-client.ts';
import { assertSeen, type Check, NotCheckedError } from './check.ts';
import { assertAnswer } from './outcome.ts';
import { askSwf } from './swf-itself.ts';

interface End {
  readonly operation: Operation;
  readonly path: string;
  readonly outcome: string;
}

const ENDS: readonly End[] = [
  { operation: 'complete', path: 'completions', outcome: 'completed' },
  { operation: 'fail', path: 'failures', outcome: 'failed' },
  { operation: 'cancel', path: 'cancellations', outcome: 'canceled' },
];

/** Whether a worker can end its task, and a repeat is answered without SWF. */
export const END_CHECK: Check = {
  name: 'end',
  needs: ['memory'],
  act: async (scene) => {
    const allowed = ENDS.find(({ operation }) => allows(scene.parts.domain, operation));
    if (allowed === undefined) throw new NotCheckedError(`${scene.domainName} does not let workers end tasks`);
    const { taskToken } = await scene.task('end');
    assertEnded(await scene.post(allowed.path, { taskToken }), allowed);
    const said = await askSwf(scene, taskToken);
    assertSeen(
      said.startsWith('UnknownResourceFault: Unknown activity'),
      `SWF itself says "${said}" about the ended task`,
    );
    assertEnded(await scene.post(allowed.path, { taskToken }), allowed);
    assertAnswer(await scene.heartbeat({ taskToken }), 410, 'TaskNotOpen');
    return `the worker ended its task as ${allowed.outcome}, a repeat got the same answer, and a late heartbeat gets 410`;
  },
};

function assertEnded(answer: RelayAnswer, { outcome }: End): void {
  assertAnswer(answer, 200, '', {
    RelayMisconfigured: 'the role of the domain, or its session, lacks the action that ends tasks',
    TaskNotOpen: 'the relay did not store that SWF accepted the end',
  });
  assertSeen(answer.body['outcome'] === outcome, `the outcome ${String(answer.body['outcome'])} instead of ${outcome}`);
}
