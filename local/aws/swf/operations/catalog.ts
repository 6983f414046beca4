import { type CONSTRAINTS } from '../constraints.ts';
import { type Operation } from '../engine.ts';
import * as activities from './activities.ts';
import * as decisions from './decisions.ts';
import * as domains from './domains.ts';
import * as executions from './executions.ts';
import * as listings from './listings.ts';
import * as types from './type-registration.ts';

/** All implemented operations, by SWF's name. The emulator answers all others with UnknownOperationException. */
const OPERATIONS: Readonly<Record<keyof typeof CONSTRAINTS, Operation>> = {
  RegisterDomain: domains.registerDomain,
  DescribeDomain: domains.describeDomain,
  DeprecateDomain: domains.deprecateDomain,
  ListDomains: domains.listDomains,
  RegisterActivityType: types.registerActivityType,
  DescribeActivityType: types.describeActivityType,
  DeprecateActivityType: types.deprecateActivityType,
  RegisterWorkflowType: types.registerWorkflowType,
  DescribeWorkflowType: types.describeWorkflowType,
  DeprecateWorkflowType: types.deprecateWorkflowType,
  StartWorkflowExecution: executions.startWorkflowExecution,
  SignalWorkflowExecution: executions.signalWorkflowExecution,
  RequestCancelWorkflowExecution: executions.requestCancelWorkflowExecution,
  TerminateWorkflowExecution: executions.terminateWorkflowExecution,
  DescribeWorkflowExecution: executions.describeWorkflowExecution,
  ListOpenWorkflowExecutions: listings.listOpenWorkflowExecutions,
  ListClosedWorkflowExecutions: listings.listClosedWorkflowExecutions,
  GetWorkflowExecutionHistory: executions.getWorkflowExecutionHistory,
  PollForDecisionTask: decisions.pollForDecisionTask,
  RespondDecisionTaskCompleted: decisions.respondDecisionTaskCompleted,
  PollForActivityTask: activities.pollForActivityTask,
  RecordActivityTaskHeartbeat: activities.recordActivityTaskHeartbeat,
  RespondActivityTaskCompleted: activities.respondActivityTaskCompleted,
  RespondActivityTaskFailed: activities.respondActivityTaskFailed,
  RespondActivityTaskCanceled: activities.respondActivityTaskCanceled,
};

const BY_NAME: ReadonlyMap<string, Operation> = new Map(Object.entries(OPERATIONS));

export const findOperation = (name: string): Operation | undefined => BY_NAME.get(name);
