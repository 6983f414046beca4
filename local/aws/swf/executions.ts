import { type CommandOf } from './commands.ts';
import { defaultUndefined, executionAlreadyStarted, limitExceeded, typeDeprecated } from './faults.ts';
import { registeredDomainAt } from './registration.ts';
import { addEvent, closeRun, domainAt, findOpenRun, openRun, scheduleDecision, workflowTypeIn } from './runs.ts';
import { type Run, type SwfState, type WorkflowDefaults } from './state.ts';

/** The maximum number of open runs in one domain (SWF Developer Guide, quotas). */
const MAX_OPEN_RUNS = 100_000;

type Start = CommandOf<'startExecution'>;
type Settings = Pick<Run, 'executionStartToCloseTimeout' | 'taskStartToCloseTimeout' | 'taskList' | 'childPolicy'>;

/** Throws SwfFault (DefaultUndefinedFault) with the name of a member that neither the request nor the type has. */
function toSettings(input: Start['input'], defaults: WorkflowDefaults): Settings {
  const executionStartToCloseTimeout =
    input.executionStartToCloseTimeout ?? defaults.defaultExecutionStartToCloseTimeout;
  if (executionStartToCloseTimeout === undefined) throw defaultUndefined('executionStartToCloseTimeout');
  const taskList = input.taskList?.name ?? defaults.defaultTaskList?.name;
  if (taskList === undefined) throw defaultUndefined('taskList');
  const taskStartToCloseTimeout = input.taskStartToCloseTimeout ?? defaults.defaultTaskStartToCloseTimeout;
  if (taskStartToCloseTimeout === undefined) throw defaultUndefined('taskStartToCloseTimeout');
  const childPolicy = input.childPolicy ?? defaults.defaultChildPolicy;
  if (childPolicy === undefined) throw defaultUndefined('childPolicy');
  return { executionStartToCloseTimeout, taskList, taskStartToCloseTimeout, childPolicy };
}

export function startExecution(state: SwfState, { place, runId, input }: Start): void {
  const domain = registeredDomainAt(state, place);
  const type = workflowTypeIn(domain, input.workflowType);
  if (type.status === 'DEPRECATED') throw typeDeprecated(type.family, type.name, type.version);
  if (findOpenRun(domain, input.workflowId) !== undefined) throw executionAlreadyStarted();
  if (Object.keys(domain.open).length >= MAX_OPEN_RUNS) throw limitExceeded('Open workflow executions limit exceeded');
  const settings = toSettings(input, type.defaults);
  const taskPriority = input.taskPriority ?? type.defaults.defaultTaskPriority;
  const lambdaRole = input.lambdaRole ?? type.defaults.defaultLambdaRole;
  const run: Run = {
    workflowId: input.workflowId,
    runId,
    workflowType: input.workflowType,
    ...settings,
    ...(taskPriority === undefined ? {} : { taskPriority }),
    ...(lambdaRole === undefined ? {} : { lambdaRole }),
    tagList: input.tagList ?? [],
    startedAt: state.now,
    events: [],
    cancelRequested: false,
    activities: [],
    decisionNeeded: false,
    previousStartedEventId: 0,
  };
  domain.open[runId] = run;
  recordStart(run, input.input);
  scheduleDecision(domain, run, state.now);
}

function recordStart(run: Run, input: string | undefined): void {
  addEvent(run, run.startedAt, 'WorkflowExecutionStarted', {
    input,
    executionStartToCloseTimeout: run.executionStartToCloseTimeout,
    taskStartToCloseTimeout: run.taskStartToCloseTimeout,
    childPolicy: run.childPolicy,
    taskList: { name: run.taskList },
    taskPriority: run.taskPriority,
    workflowType: run.workflowType,
    tagList: run.tagList.length === 0 ? undefined : run.tagList,
    parentInitiatedEventId: 0,
    lambdaRole: run.lambdaRole,
  });
}

export function signalExecution(state: SwfState, { place, input }: CommandOf<'signalExecution'>): void {
  const domain = domainAt(state, place);
  const run = openRun(domain, input.workflowId, input.runId);
  const { signalName, input: data } = input;
  addEvent(run, state.now, 'WorkflowExecutionSignaled', { signalName, input: data, externalInitiatedEventId: 0 });
  scheduleDecision(domain, run, state.now);
}

/** Informs only the decider. The decider must request the cancellation of each activity task itself. */
export function requestCancelExecution(state: SwfState, { place, input }: CommandOf<'requestCancelExecution'>): void {
  const domain = domainAt(state, place);
  const run = openRun(domain, input.workflowId, input.runId);
  addEvent(run, state.now, 'WorkflowExecutionCancelRequested', { externalInitiatedEventId: 0 });
  run.cancelRequested = true;
  scheduleDecision(domain, run, state.now);
}

export function terminateExecution(state: SwfState, { place, input }: CommandOf<'terminateExecution'>): void {
  const domain = domainAt(state, place);
  const run = openRun(domain, input.workflowId, input.runId);
  const childPolicy = input.childPolicy ?? run.childPolicy;
  const { reason, details } = input;
  closeRun(domain, run, state.now, {
    status: 'TERMINATED',
    eventType: 'WorkflowExecutionTerminated',
    attributes: { reason, details, childPolicy, cause: 'OPERATOR_INITIATED' },
    childPolicy,
  });
}
