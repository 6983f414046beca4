import { DECISION } from './decision-input.ts';
import {
  NAME,
  PLAIN_NAME,
  PLAIN_VERSION,
  TRIMMED_NAME,
  DESCRIPTION,
  DURATION,
  EXECUTION_DURATION,
  PRIORITY,
  DATA,
  REASON,
  RUN_ID_OPTIONAL,
  TASK_TOKEN,
  PAGE_TOKEN,
  PAGE_SIZE,
  ARN,
  TAG,
  TASK_LIST,
  PLAIN_TASK_LIST,
  TRIMMED_TASK_LIST,
  NAME_AND_VERSION,
  CHILD_POLICY,
  CLOSE_STATUS,
  RETENTION,
  LIMITED_DATA,
} from './members.ts';
import { type Infer, flag, list, oneOf, optional, required, structure, text, timestamp } from './validation.ts';

/*
 * The input of each operation, from SWF's API model (2012-01-25). The members are in the model's order, because SWF
 * reports problems in that order. No other code checks an operation's input.
 */

const EXECUTION = structure({ workflowId: required(NAME), runId: required(text(1, 64)) });
const TIME_FILTER = structure({ oldestDate: required(timestamp), latestDate: optional(timestamp) });
const WORKFLOW_FILTER = structure({ workflowId: required(NAME) });
const TYPE_FILTER = structure({ name: required(NAME), version: optional(text(0, 64)) });
const TAG_FILTER = structure({ tag: required(TAG) });
const PAGING = {
  nextPageToken: optional(PAGE_TOKEN),
  maximumPageSize: optional(PAGE_SIZE),
  reverseOrder: optional(flag),
};
const DOMAIN_BY_NAME = structure({ name: required(NAME) });
const ACTIVITY_TYPE_IN_DOMAIN = structure({ domain: required(NAME), activityType: required(NAME_AND_VERSION) });
const WORKFLOW_TYPE_IN_DOMAIN = structure({ domain: required(NAME), workflowType: required(NAME_AND_VERSION) });
const WORKFLOW = { domain: required(NAME), workflowId: required(NAME), runId: optional(RUN_ID_OPTIONAL) };

const RESOURCE_TAG = structure({ key: required(text(1, 128)), value: optional(text(0, 256)) });

/** The input of each operation. */
export const CONSTRAINTS = {
  RegisterDomain: structure({
    name: required(TRIMMED_NAME),
    description: optional(DESCRIPTION),
    workflowExecutionRetentionPeriodInDays: required(RETENTION),
    tags: optional(list(RESOURCE_TAG, Infinity)),
  }),
  DescribeDomain: DOMAIN_BY_NAME,
  DeprecateDomain: DOMAIN_BY_NAME,
  ListDomains: structure({
    ...PAGING,
    registrationStatus: required(oneOf(['REGISTERED', 'DEPRECATED'])),
  }),
  RegisterActivityType: structure({
    domain: required(NAME),
    name: required(PLAIN_NAME),
    version: required(PLAIN_VERSION),
    description: optional(DESCRIPTION),
    defaultTaskStartToCloseTimeout: optional(DURATION),
    defaultTaskHeartbeatTimeout: optional(DURATION),
    defaultTaskList: optional(TASK_LIST),
    defaultTaskPriority: optional(PRIORITY),
    defaultTaskScheduleToStartTimeout: optional(DURATION),
    defaultTaskScheduleToCloseTimeout: optional(DURATION),
  }),
  DescribeActivityType: ACTIVITY_TYPE_IN_DOMAIN,
  DeprecateActivityType: ACTIVITY_TYPE_IN_DOMAIN,
  RegisterWorkflowType: structure({
    domain: required(NAME),
    name: required(PLAIN_NAME),
    version: required(PLAIN_VERSION),
    description: optional(DESCRIPTION),
    defaultTaskStartToCloseTimeout: optional(DURATION),
    defaultExecutionStartToCloseTimeout: optional(EXECUTION_DURATION),
    defaultTaskList: optional(TASK_LIST),
    defaultTaskPriority: optional(PRIORITY),
    defaultChildPolicy: optional(CHILD_POLICY),
    defaultLambdaRole: optional(ARN),
  }),
  DescribeWorkflowType: WORKFLOW_TYPE_IN_DOMAIN,
  DeprecateWorkflowType: WORKFLOW_TYPE_IN_DOMAIN,
  StartWorkflowExecution: structure({
    domain: required(PLAIN_NAME),
    workflowId: required(PLAIN_NAME),
    workflowType: required(NAME_AND_VERSION),
    taskList: optional(PLAIN_TASK_LIST),
    taskPriority: optional(PRIORITY),
    input: optional(DATA),
    executionStartToCloseTimeout: optional(EXECUTION_DURATION),
    tagList: optional(list(TAG, 5)),
    taskStartToCloseTimeout: optional(DURATION),
    childPolicy: optional(CHILD_POLICY),
    lambdaRole: optional(ARN),
  }),
  SignalWorkflowExecution: structure({ ...WORKFLOW, signalName: required(text(1, 256)), input: optional(DATA) }),
  RequestCancelWorkflowExecution: structure(WORKFLOW),
  TerminateWorkflowExecution: structure({
    ...WORKFLOW,
    reason: optional(REASON),
    details: optional(DATA),
    childPolicy: optional(CHILD_POLICY),
  }),
  DescribeWorkflowExecution: structure({ domain: required(NAME), execution: required(EXECUTION) }),
  ListOpenWorkflowExecutions: structure({
    domain: required(NAME),
    startTimeFilter: required(TIME_FILTER),
    typeFilter: optional(TYPE_FILTER),
    tagFilter: optional(TAG_FILTER),
    ...PAGING,
    executionFilter: optional(WORKFLOW_FILTER),
  }),
  ListClosedWorkflowExecutions: structure({
    domain: required(NAME),
    startTimeFilter: optional(TIME_FILTER),
    closeTimeFilter: optional(TIME_FILTER),
    executionFilter: optional(WORKFLOW_FILTER),
    closeStatusFilter: optional(structure({ status: required(CLOSE_STATUS) })),
    typeFilter: optional(TYPE_FILTER),
    tagFilter: optional(TAG_FILTER),
    ...PAGING,
  }),
  GetWorkflowExecutionHistory: structure({ domain: required(NAME), execution: required(EXECUTION), ...PAGING }),
  PollForDecisionTask: structure({
    domain: required(NAME),
    taskList: required(PLAIN_TASK_LIST),
    identity: optional(REASON),
    ...PAGING,
    startAtPreviousStartedEvent: optional(flag),
  }),
  RespondDecisionTaskCompleted: structure({
    taskToken: required(TASK_TOKEN),
    decisions: optional(list(DECISION, Infinity)),
    executionContext: optional(DATA),
    taskList: optional(TASK_LIST),
    taskListScheduleToStartTimeout: optional(DURATION),
  }),
  PollForActivityTask: structure({
    domain: required(NAME),
    taskList: required(TRIMMED_TASK_LIST),
    identity: optional(REASON),
  }),
  RecordActivityTaskHeartbeat: structure({ taskToken: required(TASK_TOKEN), details: optional(LIMITED_DATA) }),
  RespondActivityTaskCompleted: structure({ taskToken: required(TASK_TOKEN), result: optional(DATA) }),
  RespondActivityTaskFailed: structure({
    taskToken: required(TASK_TOKEN),
    reason: optional(REASON),
    details: optional(DATA),
  }),
  RespondActivityTaskCanceled: structure({ taskToken: required(TASK_TOKEN), details: optional(DATA) }),
} as const;

/** The validated input of an operation. */
export type InputOf<Name extends keyof typeof CONSTRAINTS> = Infer<(typeof CONSTRAINTS)[Name]>;
