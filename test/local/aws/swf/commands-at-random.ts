import * as fc from 'fast-check';
import { apply } from '../../../../local/aws/swf/apply.ts';
import { type Command } from '../../../../local/aws/swf/commands.ts';
import { SwfFault } from '../../../../local/aws/swf/faults.ts';
import { type Decision } from '../../../../local/aws/swf/decision.ts';
import { emptyState, type Run, type SwfState } from '../../../../local/aws/swf/state.ts';

export interface Entry {
  readonly now: number;
  readonly command: Command;
}

/** The next step, encoded as numbers. It happens `apart` milliseconds after the previous one. */
export interface Step {
  readonly kind: number;
  readonly pick: number;
  readonly apart: number;
}

/** Kinds by number. Kinds that advance a task are more frequent than kinds that end something. */
const kinds = fc.oneof(
  { weight: 2, arbitrary: fc.nat(12) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.constantFrom(1, 2, 3, 4, 5, 5) },
);

export const steps = fc.array(
  fc.record({ kind: kinds, pick: fc.nat(5), apart: fc.oneof(fc.constant(0), fc.nat(400), fc.nat(3000)) }),
  { maxLength: 80, size: 'max' },
);

const PLACE = { accountId: '1', region: 'r', domain: 'd' };
const TYPE = { name: 't', version: '1' };

const SETUP: readonly Command[] = [
  { kind: 'registerDomain', place: PLACE, input: { name: 'd', workflowExecutionRetentionPeriodInDays: '1' } },
  {
    kind: 'registerActivityType',
    place: PLACE,
    input: {
      domain: 'd',
      ...TYPE,
      defaultTaskList: { name: 'l' },
      defaultTaskHeartbeatTimeout: '2',
      defaultTaskStartToCloseTimeout: '3',
      defaultTaskScheduleToStartTimeout: '3',
      defaultTaskScheduleToCloseTimeout: '5',
    },
  },
  {
    kind: 'registerWorkflowType',
    place: PLACE,
    input: {
      domain: 'd',
      ...TYPE,
      defaultTaskList: { name: 'l' },
      defaultChildPolicy: 'TERMINATE',
      defaultTaskStartToCloseTimeout: '4',
      defaultExecutionStartToCloseTimeout: '30',
    },
  },
];

const DECISIONS: readonly (readonly Decision[])[] = [
  [],
  [
    { type: 'ScheduleActivityTask', attributes: { activityType: TYPE, activityId: 'a' } },
    { type: 'ScheduleActivityTask', attributes: { activityType: TYPE, activityId: 'b', input: 'i' } },
  ],
  [{ type: 'RequestCancelActivityTask', attributes: { activityId: 'a' } }],
  [{ type: 'CompleteWorkflowExecution', attributes: { result: 'r' } }],
];

/** Creates a command that fits the state. If there is no suitable run or task, SWF refuses the command. */
function toCommand(state: SwfState, { kind, pick }: Step, counter: number): Command {
  const place = PLACE;
  const runs: Run[] = Object.values(state.domains['1/r/d']?.open ?? {});
  const run = runs[pick % Math.max(1, runs.length)];
  const workflowId = run?.workflowId ?? 'none';
  const activity = run?.activities[pick % Math.max(1, run.activities.length)];
  const task = { place, runId: run?.runId ?? '22none', scheduledEventId: activity?.scheduledEventId ?? 0 };
  const decision = { ...task, scheduledEventId: run?.decision?.scheduledEventId ?? 0 };
  const startedEventId = run?.decision?.startedEventId ?? 0;
  const commands: readonly Command[] = [
    {
      kind: 'startExecution',
      place,
      runId: `22${counter}`,
      input: { domain: 'd', workflowId: `w${pick}`, workflowType: TYPE },
    },
    { kind: 'startDecision', task: decision },
    { kind: 'completeDecision', task: decision, startedEventId, decisions: DECISIONS[pick % 4] ?? [] },
    { kind: 'completeDecision', task: decision, startedEventId, decisions: DECISIONS[1] ?? [] },
    { kind: 'startActivity', task, identity: 'i' },
    { kind: 'recordHeartbeat', task, details: `${counter}` },
    { kind: 'completeActivity', task, result: 'r' },
    { kind: 'failActivity', task },
    { kind: 'cancelActivity', task },
    { kind: 'signalExecution', place, input: { domain: 'd', workflowId, signalName: 's' } },
    { kind: 'requestCancelExecution', place, input: { domain: 'd', workflowId } },
    {
      kind: 'completeDecision',
      task: decision,
      startedEventId,
      decisions: DECISIONS[pick % 3] ?? [],
      taskList: `l${pick % 2}`,
      ...(pick < 3 ? {} : { taskListScheduleToStartTimeout: '1' }),
    },
    pick < 4 ? { kind: 'tick' } : { kind: 'terminateExecution', place, input: { domain: 'd', workflowId } },
  ];
  return commands[kind] ?? { kind: 'tick' };
}

export interface Performed {
  readonly state: SwfState;
  /** The accepted commands, with the ticks before them: the content of a journal. */
  readonly entries: readonly Entry[];
}

export const newState = (): SwfState => emptyState('key');

/** Performs the steps like LocalSwf: first a tick, then the command. Does not record a command that SWF refuses. */
export function performAll(given: readonly Step[]): Performed {
  const state = newState();
  const entries: Entry[] = SETUP.map((command) => ({ now: 0, command }));
  for (const { command } of entries) apply(state, command, 0);
  let now = 0;
  for (const [counter, step] of given.entries()) {
    now += step.apart;
    apply(state, { kind: 'tick' }, now);
    entries.push({ now, command: { kind: 'tick' } });
    const command = toCommand(state, step, counter);
    const before = JSON.stringify(state);
    try {
      apply(state, command, now);
      entries.push({ now, command });
    } catch (error) {
      if (!(error instanceof SwfFault)) throw error;
      if (JSON.stringify(state) !== before)
        throw new Error(`refused, but changed the state: ${command.kind}`, { cause: error });
    }
  }
  return { state, entries };
}
