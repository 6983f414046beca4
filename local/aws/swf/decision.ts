import { type DecisionInput } from './decision-input.ts';
import { validationFault } from './faults.ts';
import { missingMember, validationProblems } from './validation.ts';

type Attributes<Key extends keyof DecisionInput> = Exclude<DecisionInput[Key], undefined>;

/** A decision that this emulator performs, with the attributes of its type. */
export type Decision =
  | {
      readonly type: 'ScheduleActivityTask';
      readonly attributes: Attributes<'scheduleActivityTaskDecisionAttributes'>;
    }
  | {
      readonly type: 'RequestCancelActivityTask';
      readonly attributes: Attributes<'requestCancelActivityTaskDecisionAttributes'>;
    }
  | {
      readonly type: 'CompleteWorkflowExecution';
      readonly attributes: Attributes<'completeWorkflowExecutionDecisionAttributes'>;
    }
  | {
      readonly type: 'FailWorkflowExecution';
      readonly attributes: Attributes<'failWorkflowExecutionDecisionAttributes'>;
    }
  | {
      readonly type: 'CancelWorkflowExecution';
      readonly attributes: Attributes<'cancelWorkflowExecutionDecisionAttributes'>;
    };

const CLOSING: ReadonlySet<string> = new Set([
  'CompleteWorkflowExecution',
  'FailWorkflowExecution',
  'CancelWorkflowExecution',
  'ContinueAsNewWorkflowExecution',
]);

/** Closing decisions need no attributes, because all their attributes are optional. */
function toDecision(input: DecisionInput): Decision | 'missing' | 'unsupported' {
  switch (input.decisionType) {
    case 'ScheduleActivityTask': {
      const attributes = input.scheduleActivityTaskDecisionAttributes;
      return attributes === undefined ? 'missing' : { type: input.decisionType, attributes };
    }
    case 'RequestCancelActivityTask': {
      const attributes = input.requestCancelActivityTaskDecisionAttributes;
      return attributes === undefined ? 'missing' : { type: input.decisionType, attributes };
    }
    case 'CompleteWorkflowExecution':
      return { type: input.decisionType, attributes: input.completeWorkflowExecutionDecisionAttributes ?? {} };
    case 'FailWorkflowExecution':
      return { type: input.decisionType, attributes: input.failWorkflowExecutionDecisionAttributes ?? {} };
    case 'CancelWorkflowExecution':
      return { type: input.decisionType, attributes: input.cancelWorkflowExecutionDecisionAttributes ?? {} };
    case 'ContinueAsNewWorkflowExecution':
    case 'RecordMarker':
    case 'StartTimer':
    case 'CancelTimer':
    case 'SignalExternalWorkflowExecution':
    case 'RequestCancelExternalWorkflowExecution':
    case 'StartChildWorkflowExecution':
    case 'ScheduleLambdaFunction':
    default:
      return 'unsupported';
  }
}

const attributesKey = (type: string): string => `${type.slice(0, 1).toLowerCase()}${type.slice(1)}DecisionAttributes`;

/**
 * Checks all decisions of one answer. SWF performs either all of them or none. Throws SwfFault (ValidationException) if
 * a closing decision is not the last, if attributes are missing, or if the emulator does not implement the type. The
 * text for an unimplemented type is our own, because SWF itself would perform the decision.
 */
export function toDecisions(inputs: readonly DecisionInput[]): readonly Decision[] {
  if (inputs.slice(0, -1).some((input) => CLOSING.has(input.decisionType))) {
    throw validationFault('Close must be last decision in list');
  }
  const problems: string[] = [];
  const decisions = inputs.flatMap((input, index) => {
    const decision = toDecision(input);
    if (decision === 'unsupported') {
      throw validationFault(`The local SWF does not perform the decision ${input.decisionType}`);
    }
    if (decision !== 'missing') return [decision];
    problems.push(missingMember(`decisions.${index + 1}.member.${attributesKey(input.decisionType)}`));
    return [];
  });
  if (problems.length > 0) throw validationProblems(problems);
  return decisions;
}
