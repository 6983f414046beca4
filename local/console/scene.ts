import type { SWFClient } from '@aws-sdk/client-swf';

import type { Target } from '../../operator/target.ts';
import type { Connection } from '../connection.ts';
import type { StateFolder } from '../state-folder.ts';
import type { Feed } from './feed.ts';

/** What the console is about: a stack that runs in this process. */
export interface ConsoleScene {
  readonly stateFolder: StateFolder;
  readonly domains: readonly string[];
  /** As in the state folder. */
  readonly connection: Connection;
  /** The operator to whom no fault applies. */
  readonly operator: Connection['operator'];
  /** SWF and the tables, as this operator. */
  readonly swf: SWFClient;
  readonly target: Target;
  readonly feed: Feed;
  /** Replaces the faults of the AWS services. @throws FaultRuleError */
  readonly setFaults: (rules: readonly string[]) => void;
  readonly clock: () => number;
}
