import { z } from 'zod';

import { startProbe } from '../probe.ts';
import type { Workbench } from '../workbench.ts';

/** A container's AWS calls and memory. */
export interface ContainerFigures {
  readonly heartbeats: number;
  readonly tasks: number;
  /** Minutes by the container's clock. */
  readonly minutes: number;
  /** Calls by service and operation, after the first heartbeat of every task. */
  readonly calls: Readonly<Record<string, number>>;
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
  environment,
  takeCounts,
}: Workbench): Promise<ContainerFigures> {
  const args = [bundles.deployed, String(TASKS)];
  const container = await startProbe(z.string(), await probe('container'), args, environment);
  const { residentBytes } = await container.ask(SENT_HEARTBEATS, { heartbeats: 1_000, stepMs: 0 });
  await takeCounts();
  await container.ask(SENT_HEARTBEATS, { heartbeats: HEARTBEATS, stepMs: STEP_MS });
  const calls = await takeCounts();
  await container.stop();
  return { heartbeats: HEARTBEATS, tasks: TASKS, minutes: (HEARTBEATS * STEP_MS) / 60_000, calls, residentBytes };
}
