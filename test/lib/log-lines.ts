import { vi } from 'vitest';
import { z } from 'zod';

import { createReport } from '../../lambda/log/metrics.ts';
import type { Outcome } from '../../lambda/http/outcome.ts';
import { type SideEvent, Trace } from '../../lambda/http/trace.ts';
import { aKeyId } from '../lambda/workers/worker-key-records.ts';
import { TASK_ID } from '../lambda/test-app.ts';

const LINE = z.record(z.string(), z.unknown());

/** The lines that the function's own code writes of one request. */
export function logLinesOf(stackName: string, outcome: Outcome, ...sideEvents: SideEvent[]): Record<string, unknown>[] {
  const trace = new Trace(Date.now);
  trace.domain = 'orders';
  trace.keyId = aKeyId();
  trace.taskId = TASK_ID;
  for (const event of sideEvents) trace.sideEvents.add(event);
  const report = createReport(stackName, Date.now);
  return linesWrittenBy(() => report(outcome, trace, 'request-1')).map((line) => LINE.parse(JSON.parse(line)));
}

/** What a piece of work writes before it returns, instead of its being written. */
export function linesWrittenBy(work: () => void): string[] {
  const written: string[] = [];
  const keep = (chunk: string | Uint8Array): boolean => written.push(String(chunk)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(keep));
  work();
  for (const spy of spies) spy.mockRestore();
  return written;
}
