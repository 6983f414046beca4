import { vi } from 'vitest';
import { z } from 'zod';

import { createReport } from '../../../lambda/log/metrics.ts';
import { createFakeBackends, createTestApp } from '../test-app.ts';

const LINE = z.looseObject({
  level: z.string(),
  code: z.string(),
  reason: z.string().optional(),
  keyId: z.string().optional(),
  claimedKeyId: z.string().optional(),
  summed: z
    .array(
      z.looseObject({ code: z.string(), reason: z.string(), count: z.number(), claimedKeyId: z.string().optional() }),
    )
    .optional(),
});

export type Line = z.infer<typeof LINE>;

/** A container that writes its log as it does on Lambda. Restore the mocks afterwards. */
export function aLoggingContainer(backends = createFakeBackends()) {
  const written: string[] = [];
  const keep = (chunk: string | Uint8Array): boolean => written.push(String(chunk)) > 0;
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(keep);
  const call = createTestApp(backends, { report: createReport('HeartbeatRelay-dev', () => backends.nowMs) });
  const lines = (): Line[] => written.map((line) => LINE.parse(JSON.parse(line)));
  const linesOf = (code: string): Line[] => lines().filter((line) => line.code === code);
  return { backends, written, call, lines, linesOf };
}
