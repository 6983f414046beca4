import { readDefinition } from './definition.ts';
import { drawDashboard } from './draw-dashboard.ts';
import { record } from './local-run.ts';
import { toPeriods } from './points.ts';

/** Draws the template's dashboard with the metrics of a run on this machine. */
export async function makeDashboard(minutes: number): Promise<string> {
  const { template, data, fromMs, toMs } = await record(minutes);
  return drawDashboard(readDefinition(template), template, data, toPeriods(fromMs, toMs));
}
