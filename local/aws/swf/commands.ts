import { type InputOf } from './constraints.ts';
import { type NameAndVersion } from './members.ts';
import { type Decision } from './decision.ts';
import { type Place } from './state.ts';

/** Identifies one task of an open run. A task token contains this. */
export interface TaskReference {
  readonly place: Place;
  readonly runId: string;
  readonly scheduledEventId: number;
}

interface InDomain<Kind extends string, Input> {
  readonly kind: Kind;
  readonly place: Place;
  readonly input: Input;
}

interface OnTask<Kind extends string> {
  readonly kind: Kind;
  readonly task: TaskReference;
}

/**
 * Everything that can change the state. Commands are plain JSON. They contain everything that does not follow from the
 * state and the time, such as new run ids. Performing them again thus gives the same state.
 */
export type Command =
  | { readonly kind: 'tick' }
  | InDomain<'registerDomain', InputOf<'RegisterDomain'>>
  | { readonly kind: 'deprecateDomain'; readonly place: Place }
  | InDomain<'registerActivityType', InputOf<'RegisterActivityType'>>
  | InDomain<'registerWorkflowType', InputOf<'RegisterWorkflowType'>>
  | InDomain<'deprecateActivityType', NameAndVersion>
  | InDomain<'deprecateWorkflowType', NameAndVersion>
  | (InDomain<'startExecution', InputOf<'StartWorkflowExecution'>> & { readonly runId: string })
  | InDomain<'signalExecution', InputOf<'SignalWorkflowExecution'>>
  | InDomain<'requestCancelExecution', InputOf<'RequestCancelWorkflowExecution'>>
  | InDomain<'terminateExecution', InputOf<'TerminateWorkflowExecution'>>
  | (OnTask<'startDecision'> & { readonly identity?: string })
  | (OnTask<'completeDecision'> & {
      readonly startedEventId: number;
      readonly decisions: readonly Decision[];
      readonly executionContext?: string;
      readonly taskList?: string;
      readonly taskListScheduleToStartTimeout?: string;
    })
  | (OnTask<'startActivity'> & { readonly identity?: string })
  | (OnTask<'recordHeartbeat'> & { readonly details?: string })
  | (OnTask<'completeActivity'> & { readonly result?: string })
  | (OnTask<'failActivity'> & { readonly reason?: string; readonly details?: string })
  | (OnTask<'cancelActivity'> & { readonly details?: string });

export type CommandOf<Kind extends Command['kind']> = Extract<Command, { readonly kind: Kind }>;
