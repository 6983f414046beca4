import { recordHeartbeat, respondActivity, startActivity } from './activities.ts';
import { type Command } from './commands.ts';
import { completeDecision, startDecision } from './decisions.ts';
import { requestCancelExecution, signalExecution, startExecution, terminateExecution } from './executions.ts';
import {
  deprecateDomain,
  deprecateType,
  registerActivityType,
  registerDomain,
  registerWorkflowType,
} from './registration.ts';
import { type SwfState } from './state.ts';
import { expireDue } from './timeouts.ts';

/**
 * Expires every timeout due by `now` (epoch milliseconds), then performs the command. Changes `state` in place.
 * Deterministic: no clock, no randomness, no I/O. If `now` is before `state.now`, uses `state.now`.
 * Throws SwfFault if SWF refuses the command. The expiry has then happened, but nothing else.
 */
export function apply(state: SwfState, command: Command, now: number): void {
  const at = Math.max(state.now, now);
  expireDue(state, at);
  state.now = at;
  perform(state, command);
}

function perform(state: SwfState, command: Command): void {
  switch (command.kind) {
    case 'tick':
      return undefined;
    case 'registerDomain':
      return registerDomain(state, command);
    case 'deprecateDomain':
      return deprecateDomain(state, command);
    case 'registerActivityType':
      return registerActivityType(state, command);
    case 'registerWorkflowType':
      return registerWorkflowType(state, command);
    case 'deprecateActivityType':
    case 'deprecateWorkflowType':
      return deprecateType(state, command);
    case 'startExecution':
      return startExecution(state, command);
    case 'signalExecution':
      return signalExecution(state, command);
    case 'requestCancelExecution':
      return requestCancelExecution(state, command);
    case 'terminateExecution':
      return terminateExecution(state, command);
    case 'startDecision':
      return startDecision(state, command);
    case 'completeDecision':
      return completeDecision(state, command);
    case 'startActivity':
      return startActivity(state, command);
    case 'recordHeartbeat':
      return recordHeartbeat(state, command);
    case 'completeActivity':
    case 'failActivity':
    case 'cancelActivity':
      return respondActivity(state, command);
  }
}
