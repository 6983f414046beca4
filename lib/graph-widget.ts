import { GraphWidget, type IMetric, type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

import { ONE_MINUTE } from './relay-metrics.ts';

export const HALF_WIDTH = 12;
export const FULL_WIDTH = 24;

/** Searches for metrics, because SWF creates one only when it counts something. */
export const search = (label: string, query: string, wrap: (found: string) => string = (found) => found): IMetric =>
  new MathExpression({ expression: wrap(`SEARCH('${query}', 'Sum', 60)`), label, period: ONE_MINUTE });

export const graph = (
  title: string,
  left: IMetric[],
  overrides: Partial<ConstructorParameters<typeof GraphWidget>[0]> = {},
): IWidget => new GraphWidget({ title, left, width: HALF_WIDTH, leftYAxis: { min: 0 }, ...overrides });
