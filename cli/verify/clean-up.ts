import {
  DeprecateActivityTypeCommand,
  DeprecateWorkflowTypeCommand,
  type SWFClient,
  TerminateWorkflowExecutionCommand,
  UnknownResourceFault,
} from '@aws-sdk/client-swf';

import type { TaskTypes } from '../../operator/swf-tasks.ts';
import type { DeclaredDomain } from '../../operator/domains.ts';

interface Deferred {
  /** What is left behind if `undo` fails. */
  readonly what: string;
  readonly undo: () => Promise<void>;
}

/** Removes what the checks created, the newest first. */
export class CleanUp {
  readonly #swf: SWFClient;
  readonly #deferred: Deferred[] = [];

  /** @param swf a client that still works after an interruption. */
  constructor(swf: SWFClient) {
    this.#swf = swf;
  }

  /** @param what what is left behind if `undo` fails. */
  defer(what: string, undo: () => Promise<void>): void {
    this.#deferred.push({ what, undo });
  }

  terminate({ name: domain }: DeclaredDomain, workflowId: string): void {
    this.defer(`the workflow execution ${workflowId} in ${domain}, which ends by itself`, async () =>
      unlessGone(() => this.#swf.send(new TerminateWorkflowExecutionCommand({ domain, workflowId }))),
    );
  }

  deprecate({ name: domain }: DeclaredDomain, { workflowType, activityType }: TaskTypes): void {
    this.defer(`the workflow type ${workflowType.name} ${workflowType.version} in ${domain}`, async () =>
      unlessGone(() => this.#swf.send(new DeprecateWorkflowTypeCommand({ domain, workflowType }))),
    );
    this.defer(`the activity type ${activityType.name} ${activityType.version} in ${domain}`, async () =>
      unlessGone(() => this.#swf.send(new DeprecateActivityTypeCommand({ domain, activityType }))),
    );
  }

  /** @returns what is left behind, and why. */
  async run(): Promise<string[]> {
    const left: string[] = [];
    for (const { what, undo } of this.#deferred.splice(0).toReversed()) {
      try {
        await undo();
      } catch (error) {
        left.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return left;
  }
}

/** SWF answers so for what is closed already, or was never created. */
async function unlessGone(undo: () => Promise<unknown>): Promise<void> {
  try {
    await undo();
  } catch (error) {
    if (!(error instanceof UnknownResourceFault)) throw error;
  }
}
