import { z } from 'zod';

import type { Datum } from './alarm.ts';

/** CloudWatch's embedded metric format, as far as the relay uses it. */
const EMBEDDED = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.strictObject({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())).min(1),
        Metrics: z.array(z.strictObject({ Name: z.string(), Unit: z.enum(['Count', 'Percent']) })),
      }),
    ),
  }),
});

/** The metrics in a line of the function's log; none in a line of another kind. */
export function toData(line: string): Datum[] {
  const parsed = parseJson(line);
  if (typeof parsed !== 'object' || parsed === null || !('_aws' in parsed)) return [];
  const { _aws: embedded, ...members } = EMBEDDED.parse(parsed);
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, z.string().parse(members[name])]));
  return embedded.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name: metricName }) => ({
        namespace,
        metricName,
        dimensions: pick(names),
        value: z.number().parse(members[metricName]),
        atMs: embedded.Timestamp,
      })),
    ),
  );
}

export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
