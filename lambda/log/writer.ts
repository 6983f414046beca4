import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

import { FAIR_SHARE_NAMESPACE, METRICS_NAMESPACE } from '../environment/environment.ts';

type Level = 'info' | 'error';

/** What a line says, beside its name. */
export type Fields = Readonly<Record<string, unknown>>;

/** Writes lines, and metrics within lines (CloudWatch embedded metric format). */
export class Writer {
  readonly #logger: RehearsingLogger;
  readonly #metrics: Metrics;
  readonly #fairShare: Metrics;

  constructor(serviceName: string) {
    this.#logger = new RehearsingLogger({ serviceName, logLevel: 'INFO' });
    this.#metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName });
    this.#fairShare = new Metrics({ namespace: FAIR_SHARE_NAMESPACE, serviceName });
  }

  write(level: Level, name: string, fields: Fields, counts?: ReadonlyMap<string, number>): void {
    this.#logger[level](name, { ...this.#embed(counts), ...fields, code: name });
  }

  writeFairShare(
    name: string,
    counts: Readonly<Record<string, number>>,
    percents: Readonly<Record<string, number>>,
  ): void {
    const metrics = this.#fairShare;
    for (const [metric, count] of Object.entries(counts)) metrics.addMetric(metric, MetricUnit.Count, count);
    for (const [metric, percent] of Object.entries(percents)) metrics.addMetric(metric, MetricUnit.Percent, percent);
    this.#logger.info(name, { ...takeEmbedded(metrics), code: name });
  }

  /** Does all the work of writing a line except for the last step. */
  rehearse(name: string, fields: Fields, counts: ReadonlyMap<string, number>): void {
    this.#logger.rehearse(name, { ...this.#embed(counts), ...fields, code: name });
  }

  #embed(counts: ReadonlyMap<string, number> | undefined): Fields {
    if (counts === undefined) return {};
    for (const [name, count] of counts) this.#metrics.addMetric(name, MetricUnit.Count, count);
    return takeEmbedded(this.#metrics);
  }
}

function takeEmbedded(metrics: Metrics): Fields {
  // The logger adds `service` itself, and would warn about a second one.
  const { service: _dimension, ...embedded } = metrics.serializeMetrics();
  metrics.clearMetrics();
  return embedded;
}

/** Powertools' number for the level. */
const INFO = 12;

class RehearsingLogger extends Logger {
  rehearse(name: string, fields: Fields): string {
    const item = this.createAndPopulateLogItem(INFO, name, [fields]);
    item.prepareForPrint();
    return JSON.stringify(item.getAttributes(), this.getJsonReplacer());
  }
}
