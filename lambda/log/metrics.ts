import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

import { METRICS_NAMESPACE } from '../environment.ts';
import type { Outcome, Report } from '../http/respond.ts';
import type { SuccessCode } from '../http/route.ts';
import type { Trace } from '../http/trace.ts';
import { RefusalBudget } from './refusal-budget.ts';

/** The gateway's and Lambda's metrics count these already. */
const UNLOGGED: ReadonlySet<SuccessCode> = new Set(['Recorded', 'Healthy']);

/**
 * Writes at most one line per request, which is both log and metric (CloudWatch embedded metric format). The outcome's
 * code and each side event count as a metric of that name. The line names an error by class and code. It never contains
 * the error's message or cause, or the event.
 */
export function createReport(stackName: string, clock: () => number): Report {
  const budget = new RefusalBudget(clock);
  let writer: Writer | undefined;
  return (outcome, trace, requestId) => {
    if (outcome.kind === 'answered' && UNLOGGED.has(outcome.code) && trace.sideEvents.size === 0) return;
    if (outcome.kind === 'refused' && !budget.tryConsume(toReason(outcome))) return;
    const code = outcome.kind === 'answered' ? outcome.code : outcome.error.code;
    const summed = budget.takeSuppressed();
    const { logger, metrics } = (writer ??= createWriter(stackName));
    const counts = new Map<string, number>([[code, 1], ...[...trace.sideEvents].map((event) => [event, 1] as const)]);
    for (const { code: summedCode, count } of summed) counts.set(summedCode, (counts.get(summedCode) ?? 0) + count);
    for (const [name, count] of counts) metrics.addMetric(name, MetricUnit.Count, count);
    // The logger adds `service` itself, and would warn about a second one.
    const { service: _dimension, ...embedded } = metrics.serializeMetrics();
    const line = { ...embedded, ...toLine(outcome, trace, requestId, clock), code, summed };
    metrics.clearMetrics();
    const level = outcome.kind === 'failed' ? 'error' : 'info';
    logger[level](code, line);
  };
}

interface Writer {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Called for the first line, because most containers start for a heartbeat that writes none. */
function createWriter(serviceName: string): Writer {
  return {
    logger: new Logger({ serviceName, logLevel: 'INFO' }),
    metrics: new Metrics({ namespace: METRICS_NAMESPACE, serviceName }),
  };
}

function toReason({ error }: Extract<Outcome, { error: unknown }>): { code: string; reason: string } {
  return { code: error.code, reason: error.message };
}

function toLine(outcome: Outcome, trace: Trace, requestId: string, clock: () => number) {
  const { domain, keyId, taskId, startedAtMs } = trace;
  const error = outcome.kind === 'answered' ? {} : { error: outcome.error.name, fault: outcome.faultName };
  const durationsMs = { ...trace.endSteps(), total: clock() - startedAtMs };
  return { ...error, domain, keyId, taskId, requestId, durationsMs };
}
