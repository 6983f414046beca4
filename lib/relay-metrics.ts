import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

import { CANARY_NAMESPACE, FAIR_SHARE_NAMESPACE, METRICS_NAMESPACE } from '../lambda/environment/environment.ts';

/** The shortest period of a standard CloudWatch metric. */
export const ONE_MINUTE = Duration.minutes(1);

/** The canary checks once in it, and its alarm looks at it as one period. */
export const CANARY_INTERVAL = Duration.minutes(2);

/** Metric of the access log's metric filter. It counts requests that the gateway throttled. */
export const GATEWAY_THROTTLED = 'GatewayThrottled';

/** The metrics of one relay. */
export class RelayMetrics {
  readonly relayName: string;
  readonly #function: IFunction;
  readonly #apiId: string;

  constructor(relayName: string, handler: IFunction, apiId: string) {
    this.relayName = relayName;
    this.#function = handler;
    this.#apiId = apiId;
  }

  /** A metric that the relay's log lines count: the code of an outcome or of a side event. */
  ofRelay(code: string, period = ONE_MINUTE): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName: code,
      dimensionsMap: { service: this.relayName },
      statistic: Stats.SUM,
      period,
    });
  }

  /** A metric of the minutes' sums of heartbeats, which each container writes. */
  ofFairShare(
    metricName: 'Paced' | 'Recorded' | 'Forwarded' | 'Pressure',
    statistic: string,
    period = ONE_MINUTE,
  ): Metric {
    return new Metric({
      namespace: FAIR_SHARE_NAMESPACE,
      metricName,
      dimensionsMap: { service: this.relayName },
      statistic,
      period,
    });
  }

  /** Counts the successful checks of the canary. */
  ofCanary(): Metric {
    return new Metric({
      namespace: CANARY_NAMESPACE,
      metricName: 'Succeeded',
      dimensionsMap: { service: this.relayName },
      statistic: Stats.SUM,
      period: CANARY_INTERVAL,
    });
  }

  ofFunction(metricName: 'Errors' | 'Throttles' | 'ConcurrentExecutions' | 'Duration', statistic: string): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { FunctionName: this.#function.functionName },
      statistic,
      period: ONE_MINUTE,
    });
  }

  /** Covers all functions of the account in the region, because they share one quota. */
  static concurrencyOfAccount(): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'ConcurrentExecutions',
      statistic: Stats.MAXIMUM,
      period: ONE_MINUTE,
    });
  }

  ofGateway(metricName: 'Count' | 'Latency' | '4xx' | '5xx', statistic: string, period = ONE_MINUTE): Metric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiId: this.#apiId },
      statistic,
      period,
    });
  }
}
