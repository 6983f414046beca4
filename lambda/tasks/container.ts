import { FairShare } from '../share/fair-share.ts';
import { LeaseWriter } from '../share/lease-writer.ts';
import { EndedTasks } from './ends/ended-tasks.ts';
import type { Container, TaskDependencies } from './heartbeat-attempt.ts';
import { SharedHeartbeats } from './shared-heartbeat.ts';

export interface ContainerOptions extends TaskDependencies {
  readonly random: () => number;
}

/** What all routes of a container share. @param takesEnds whether workers may end tasks. */
export function createContainer({ random, ...dependencies }: ContainerOptions, takesEnds = false): Container {
  const share = new FairShare({ random });
  return {
    ...dependencies,
    share,
    leases: new LeaseWriter(share),
    sharedHeartbeats: new SharedHeartbeats(),
    endedTasks: takesEnds ? new EndedTasks() : undefined,
  };
}
