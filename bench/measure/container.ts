import { z } from 'zod';

import { startProbe } from '../probe.ts';
import type { Workbench } from '../workbench.ts';

/** Calls by service, operation and table. */
export type Calls = Readonly<Record<string, number>>;

/** A container's AWS calls and memory. */
export interface ContainerFigures {
  readonly heartbeats: number;
  readonly tasks: number;
  /** Minutes by the container's clock. */
  readonly minutes: number;
  /** After the first heartbeat of every task. */
  readonly calls: Calls;
  /** Those of as many heartbeats of tasks that are paced. */
  readonly pacedCalls: Calls;
  /** After 1,000 heartbeats. */
  readonly residentBytes: number;
}

const SENT_HEARTBEATS = z.object({ residentBytes: z.number() });

const HEARTBEATS = 10_000;
const TASKS = 10;

/** Clock time per heartbeat. All heartbeats take ten minutes, so the container renews records and rows. */
const STEP_MS = 60;

export async function measureContainer({
  bundles,
  probe,
  limitedEnvironment,
  takeCounts,
}: Workbench): Promise<ContainerFigures> {
  const args = [bundles.deployed, String(TASKS)];
  const container = await startProbe(z.string(), await probe('container'), args, limitedEnvironment);
  const countCalls = async (isPaced: boolean): Promise<Calls> => {
    await container.ask(SENT_HEARTBEATS, { heartbeats: TASKS, stepMs: STEP_MS, isPaced });
    await takeCounts();
    await container.ask(SENT_HEARTBEATS, { heartbeats: HEARTBEATS, stepMs: STEP_MS, isPaced });
    return takeCounts();
  };
  const { residentBytes } = await container.ask(SENT_HEARTBEATS, {
    heartbeats: 1_000,
    stepMs: STEP_MS,
    isPaced: false,
  });
  const [calls, pacedCalls] = [await countCalls(false), await countCalls(true)];
  await container.stop();
  const minutes = (HEARTBEATS * STEP_MS) / 60_000;
  return { heartbeats: HEARTBEATS, tasks: TASKS, minutes, calls, pacedCalls, residentBytes };
}
