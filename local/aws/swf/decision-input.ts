import { NAME, PLAIN_NAME, DURATION, PRIORITY, DATA, REASON, PLAIN_TASK_LIST, NAME_AND_VERSION } from './members.ts';
import { type Infer, oneOf, optional, required, structure } from './validation.ts';

export const DECISION_TYPES = [
  'ScheduleActivityTask',
  'RequestCancelActivityTask',
  'CompleteWorkflowExecution',
  'FailWorkflowExecution',
  'CancelWorkflowExecution',
  'ContinueAsNewWorkflowExecution',
  'RecordMarker',
  'StartTimer',
  'CancelTimer',
  'SignalExternalWorkflowExecution',
  'RequestCancelExternalWorkflowExecution',
  'StartChildWorkflowExecution',
  'ScheduleLambdaFunction',
] as const;

/** One decision of `RespondDecisionTaskCompleted`, with the attributes of those that the local SWF performs. */
export const DECISION = structure({
  decisionType: required(oneOf(DECISION_TYPES)),
  scheduleActivityTaskDecisionAttributes: optional(
    structure({
      activityType: required(NAME_AND_VERSION),
      activityId: required(PLAIN_NAME),
      control: optional(DATA),
      input: optional(DATA),
      scheduleToCloseTimeout: optional(DURATION),
      taskList: optional(PLAIN_TASK_LIST),
      taskPriority: optional(PRIORITY),
      scheduleToStartTimeout: optional(DURATION),
      startToCloseTimeout: optional(DURATION),
      heartbeatTimeout: optional(DURATION),
    }),
  ),
  requestCancelActivityTaskDecisionAttributes: optional(structure({ activityId: required(NAME) })),
  completeWorkflowExecutionDecisionAttributes: optional(structure({ result: optional(DATA) })),
  failWorkflowExecutionDecisionAttributes: optional(structure({ reason: optional(REASON), details: optional(DATA) })),
  cancelWorkflowExecutionDecisionAttributes: optional(structure({ details: optional(DATA) })),
});

/** A decision as in the model: a type, and attributes of any type. */
export type DecisionInput = Infer<typeof DECISION>;
