import { z } from 'zod';

import { onlyResource } from '../../local/template/resources.ts';
import type { Template } from '../../local/template/template.ts';

const PLACE = { x: z.number(), y: z.number(), width: z.number(), height: z.number() };
const AXIS = z.strictObject({ min: z.number(), max: z.number().optional() });

const ALARMS = z.strictObject({
  ...PLACE,
  type: z.literal('alarm'),
  properties: z.strictObject({ title: z.string(), alarms: z.array(z.string()) }),
});

/** Strict: what is not listed here would not be drawn. */
const GRAPH = z.strictObject({
  ...PLACE,
  type: z.literal('metric'),
  properties: z.strictObject({
    view: z.literal('timeSeries'),
    title: z.string(),
    region: z.string(),
    metrics: z.array(z.array(z.unknown())),
    annotations: z
      .strictObject({
        horizontal: z.array(z.strictObject({ value: z.number(), label: z.string(), yAxis: z.literal('left') })),
      })
      .optional(),
    yAxis: z.strictObject({ left: AXIS, right: AXIS.optional() }),
  }),
});

/** A query of the log. */
const QUERY = z.strictObject({
  ...PLACE,
  type: z.literal('log'),
  properties: z.strictObject({
    view: z.enum(['timeSeries', 'table']),
    title: z.string(),
    region: z.string(),
    query: z.string(),
    stacked: z.literal(false).optional(),
  }),
});

const TEXT = z.strictObject({
  ...PLACE,
  type: z.literal('text'),
  properties: z.strictObject({ markdown: z.string() }),
});

export type AlarmsWidget = z.infer<typeof ALARMS>;
export type GraphWidget = z.infer<typeof GRAPH>;
export type QueryWidget = z.infer<typeof QUERY>;
export type TextWidget = z.infer<typeof TEXT>;
export type Widget = AlarmsWidget | GraphWidget | QueryWidget | TextWidget;

const BODY = z.object({ widgets: z.array(z.discriminatedUnion('type', [ALARMS, GRAPH, QUERY, TEXT])) });

export interface Definition {
  readonly name: string;
  readonly widgets: readonly Widget[];
}

/** The dashboard of a template. */
export function readDefinition({ resources }: Template): Definition {
  const { DashboardName: name, DashboardBody: body } = z
    .looseObject({ DashboardName: z.string(), DashboardBody: z.string() })
    .parse(onlyResource(resources, 'AWS::CloudWatch::Dashboard'));
  return { name, widgets: BODY.parse(JSON.parse(body)).widgets };
}
