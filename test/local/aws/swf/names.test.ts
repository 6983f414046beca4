import { describe, expect, it } from 'vitest';
import { CONSTRAINTS } from '../../../../local/aws/swf/constraints.ts';
import { validate } from '../../../../local/aws/swf/validation.ts';

type Operation = keyof typeof CONSTRAINTS;

interface Row {
  readonly member: string;
  readonly operation: Operation;
  readonly toInput: (name: string) => object;
}

const TYPE = { name: 'n', version: '1' };
const REGISTRATION = { domain: 'd', name: 'n', version: '1' };
const START = { domain: 'd', workflowId: 'w', workflowType: TYPE };

const decide = (decisionType: string, attributes: object) => {
  const key = `${decisionType.slice(0, 1).toLowerCase()}${decisionType.slice(1)}DecisionAttributes`;
  return { taskToken: 'x', decisions: [{ decisionType, [key]: attributes }] };
};
const schedule = (over: object) => decide('ScheduleActivityTask', { activityType: TYPE, activityId: 'a', ...over });

/** The model says: "must not start or end with whitespace. It must not contain a : …". */
const TRIMMED: readonly Row[] = [
  {
    member: 'RegisterDomainInput.name',
    operation: 'RegisterDomain',
    toInput: (name) => ({ name, workflowExecutionRetentionPeriodInDays: '1' }),
  },
  {
    member: 'PollForActivityTaskInput.taskList',
    operation: 'PollForActivityTask',
    toInput: (name) => ({ domain: 'd', taskList: { name } }),
  },
];

/** The model says: "must not contain a : …", and nothing about white space. */
const PLAIN: readonly Row[] = [
  {
    member: 'PollForDecisionTaskInput.taskList',
    operation: 'PollForDecisionTask',
    toInput: (name) => ({ domain: 'd', taskList: { name } }),
  },
  ...(['RegisterActivityType', 'RegisterWorkflowType'] as const).flatMap((operation): Row[] => [
    { member: `${operation}Input.name`, operation, toInput: (name) => ({ ...REGISTRATION, name }) },
    { member: `${operation}Input.version`, operation, toInput: (version) => ({ ...REGISTRATION, version }) },
  ]),
  {
    member: 'StartWorkflowExecutionInput.domain',
    operation: 'StartWorkflowExecution',
    toInput: (domain) => ({ ...START, domain }),
  },
  {
    member: 'StartWorkflowExecutionInput.workflowId',
    operation: 'StartWorkflowExecution',
    toInput: (workflowId) => ({ ...START, workflowId }),
  },
  {
    member: 'StartWorkflowExecutionInput.taskList',
    operation: 'StartWorkflowExecution',
    toInput: (name) => ({ ...START, taskList: { name } }),
  },
  {
    member: 'ScheduleActivityTaskDecisionAttributes.activityId',
    operation: 'RespondDecisionTaskCompleted',
    toInput: (activityId) => schedule({ activityId }),
  },
  {
    member: 'ScheduleActivityTaskDecisionAttributes.taskList',
    operation: 'RespondDecisionTaskCompleted',
    toInput: (name) => schedule({ taskList: { name } }),
  },
];

/** The model says nothing about the characters. */
const FREE: readonly Row[] = [
  { member: 'DescribeDomainInput.name', operation: 'DescribeDomain', toInput: (name) => ({ name }) },
  {
    member: 'RegisterActivityTypeInput.domain',
    operation: 'RegisterActivityType',
    toInput: (domain) => ({ ...REGISTRATION, domain }),
  },
  {
    member: 'RegisterActivityTypeInput.defaultTaskList',
    operation: 'RegisterActivityType',
    toInput: (name) => ({ ...REGISTRATION, defaultTaskList: { name } }),
  },
  {
    member: 'StartWorkflowExecutionInput.workflowType',
    operation: 'StartWorkflowExecution',
    toInput: (name) => ({ ...START, workflowType: { name, version: name } }),
  },
  {
    member: 'SignalWorkflowExecutionInput.signalName',
    operation: 'SignalWorkflowExecution',
    toInput: (signalName) => ({ domain: 'd', workflowId: 'w', signalName }),
  },
  {
    member: 'SignalWorkflowExecutionInput.workflowId',
    operation: 'SignalWorkflowExecution',
    toInput: (workflowId) => ({ domain: 'd', workflowId, signalName: 's' }),
  },
  {
    member: 'RequestCancelActivityTaskDecisionAttributes.activityId',
    operation: 'RespondDecisionTaskCompleted',
    toInput: (activityId) => decide('RequestCancelActivityTask', { activityId }),
  },
  {
    member: 'RespondDecisionTaskCompletedInput.taskList',
    operation: 'RespondDecisionTaskCompleted',
    toInput: (name) => ({ taskToken: 'x', taskList: { name } }),
  },
];

const isAccepted = ({ operation, toInput }: Row, name: string): boolean => {
  try {
    validate<unknown>(CONSTRAINTS[operation], toInput(name));
    return true;
  } catch {
    return false;
  }
};

const PADDED = [' a', 'a ', '\u00a0a'];
const FORBIDDEN = ['a:b', 'a/b', 'a|b', 'a\u0000', 'a\u001fb', 'a\u007fb', 'a\u009fb', 'arn'];
const REFUSED = (row: Row, names: readonly string[]) => names.filter((name) => !isAccepted(row, name));

describe('the rule on white space is applied only to names for which the model states it', () => {
  it.each(TRIMMED)('refused: $member', (row) => {
    expect(REFUSED(row, [...PADDED, ...FORBIDDEN, 'a b'])).toEqual([...PADDED, ...FORBIDDEN]);
  });

  it.each(PLAIN)('accepted: $member', (row) => {
    expect(REFUSED(row, [...PADDED, ...FORBIDDEN, 'a b'])).toEqual(FORBIDDEN);
  });
});

describe('the rule on characters is applied only to names for which the model states it', () => {
  it.each(FREE)('accepted: $member', (row) => {
    expect(REFUSED(row, [...PADDED, ...FORBIDDEN, 'a b', ''])).toEqual(['']);
  });
});
