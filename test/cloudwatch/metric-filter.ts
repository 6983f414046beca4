import { z } from 'zod';

import type { Datum } from './alarm.ts';
import { parseJson } from './embedded-metrics.ts';

/** A metric filter's properties. Strict: what is not listed here would not be done. */
const FILTER = z.strictObject({
  FilterPattern: z.string(),
  LogGroupName: z.unknown(),
  MetricTransformations: z.tuple([
    z.strictObject({
      MetricNamespace: z.string(),
      MetricName: z.string(),
      MetricValue: z.literal('1'),
      Dimensions: z.array(z.strictObject({ Key: z.string(), Value: z.string().regex(/^\$\.\w+$/) })),
    }),
  ]),
});

const LINE = z.record(z.string(), z.unknown());

/** A field, and the text that it must be; `*` would be a wildcard. */
const TERM = /\(\$\.(?<field>\w+) = "(?<text>[^"*]*)"\)/g;

/**
 * What a metric filter makes of a line of its log group.
 *
 * @throws Error for a pattern that is more than equalities, all of which must hold; ZodError for other properties.
 */
export function compileMetricFilter(properties: unknown): (line: string, atMs: number) => Datum[] {
  const { FilterPattern: pattern, MetricTransformations: transformations } = FILTER.parse(properties);
  const [{ MetricNamespace: namespace, MetricName: metricName, Dimensions }] = transformations;
  const terms = [...pattern.matchAll(TERM)].map(({ groups: { field = '', text = '' } = {} }) => ({ field, text }));
  const known = terms.map(({ field, text }) => `($.${field} = "${text}")`).join(' && ');
  if (pattern !== `{ ${known} }` || terms.length === 0) throw new Error(`not a pattern of equalities: ${pattern}`);
  return (line, atMs) => {
    const { success, data: members } = LINE.safeParse(parseJson(line));
    if (!success || !terms.every(({ field, text }) => members[field] === text)) return [];
    const dimensions = Object.fromEntries(
      Dimensions.map(({ Key, Value }) => [Key, z.string().parse(members[Value.slice('$.'.length)])]),
    );
    return [{ namespace, metricName, dimensions, value: 1, atMs }];
  };
}
