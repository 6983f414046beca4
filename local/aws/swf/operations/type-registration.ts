import { CONSTRAINTS } from '../constraints.ts';
import { type Operation } from '../engine.ts';
import { activityTypeIn, domainAt, workflowTypeIn } from '../runs.ts';
import { toTypeDetail } from '../wire.ts';
import { inDomain } from './define.ts';

export const registerActivityType: Operation = inDomain(CONSTRAINTS.RegisterActivityType, ({ engine, input, at }) => {
  engine.execute({ kind: 'registerActivityType', place: at, input });
  return undefined;
});

export const registerWorkflowType: Operation = inDomain(CONSTRAINTS.RegisterWorkflowType, ({ engine, input, at }) => {
  engine.execute({ kind: 'registerWorkflowType', place: at, input });
  return undefined;
});

export const deprecateActivityType: Operation = inDomain(CONSTRAINTS.DeprecateActivityType, ({ engine, input, at }) => {
  engine.execute({ kind: 'deprecateActivityType', place: at, input: input.activityType });
  return undefined;
});

export const deprecateWorkflowType: Operation = inDomain(CONSTRAINTS.DeprecateWorkflowType, ({ engine, input, at }) => {
  engine.execute({ kind: 'deprecateWorkflowType', place: at, input: input.workflowType });
  return undefined;
});

export const describeActivityType: Operation = inDomain(CONSTRAINTS.DescribeActivityType, ({ engine, input, at }) =>
  toTypeDetail('activityType', activityTypeIn(domainAt(engine.state, at), input.activityType)),
);

export const describeWorkflowType: Operation = inDomain(CONSTRAINTS.DescribeWorkflowType, ({ engine, input, at }) =>
  toTypeDetail('workflowType', workflowTypeIn(domainAt(engine.state, at), input.workflowType)),
);
