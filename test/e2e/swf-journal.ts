import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

/** A line of the local SWF's journal; the first holds a snapshot and no command. */
const LINE = z.object({
  command: z
    .object({
      kind: z.string(),
      details: z.string().optional(),
      task: z.object({ place: z.object({ domain: z.string() }), runId: z.string() }).optional(),
    })
    .optional(),
});

export interface RecordedHeartbeat {
  readonly details: string | undefined;
  readonly domain: string | undefined;
  readonly runId: string | undefined;
}

/** The heartbeats that SWF has recorded since it last compacted its journal, in their order. */
export function recordedHeartbeats(statePath: string): RecordedHeartbeat[] {
  return readJournal(statePath)
    .map((line) => LINE.parse(JSON.parse(line)).command)
    .filter((command) => command?.kind === 'recordHeartbeat')
    .map((command) => ({
      details: command?.details,
      domain: command?.task?.place.domain,
      runId: command?.task?.runId,
    }));
}

/** All of what SWF has done so far: two readings are equal where nothing changed in between. */
export function readJournal(statePath: string): string[] {
  return readFileSync(join(statePath, 'swf.journal'), 'utf8').trimEnd().split('\n');
}
