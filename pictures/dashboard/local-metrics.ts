import type { ObservedCall } from '../../local/aws/endpoint.ts';
import type { FunctionMetric } from '../../local/function-host/settings.ts';
import type { AnsweredExchange } from '../../local/gateway/settings.ts';
import type { Observer } from '../../local/local-stack.ts';
import { onlyResource } from '../../local/template/resources.ts';
import type { Template } from '../../local/template/template.ts';
import type { Datum } from '../../test/cloudwatch/alarm.ts';
import { toData } from '../../test/cloudwatch/embedded-metrics.ts';

type Value = Pick<Datum, 'metricName' | 'value' | 'atMs'>;

/** Collects what AWS's services would tell CloudWatch about a local stack. */
export class LocalMetrics {
  readonly #clock: () => number;
  readonly #ofRelay: Datum[] = [];
  readonly #ofGateway: Value[] = [];
  readonly #ofFunction: Value[] = [];
  readonly #ofSwf: Value[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  readonly observer: Observer = {
    onLogLine: (line) => void this.#ofRelay.push(...toData(line)),
    onAnswered: (exchange) => this.#addExchange(exchange),
    onCall: (call) => this.#addCall(call),
    onFunctionMetric: (metricName, value) => this.#addFunctionMetric(metricName, value),
  };

  toData({ resources }: Template): readonly Datum[] {
    const { physicalId: ApiId } = onlyResource(resources, 'AWS::ApiGatewayV2::Api');
    const { physicalId: FunctionName } = onlyResource(resources, 'AWS::Lambda::Function');
    const toDatum =
      (namespace: string, dimensions: Datum['dimensions']) =>
      (value: Value): Datum => ({ ...value, namespace, dimensions });
    return [
      ...this.#ofRelay,
      ...this.#ofGateway.map(toDatum('AWS/ApiGateway', { ApiId })),
      ...this.#ofFunction.map(toDatum('AWS/Lambda', { FunctionName })),
      ...this.#ofSwf.map(toDatum('AWS/SWF', { APIName: 'RecordActivityTaskHeartbeat' })),
    ];
  }

  #addExchange({ status, elapsedMs }: AnsweredExchange): void {
    const atMs = this.#clock();
    this.#ofGateway.push(
      { metricName: 'Count', value: 1, atMs },
      { metricName: 'Latency', value: elapsedMs, atMs },
      { metricName: '4xx', value: status >= 400 && status < 500 ? 1 : 0, atMs },
      { metricName: '5xx', value: status >= 500 ? 1 : 0, atMs },
    );
  }

  #addCall({ api, operation, fault }: ObservedCall): void {
    if (api !== 'swf' || operation !== 'RecordActivityTaskHeartbeat') return;
    const metricName = fault?.endsWith('ThrottlingException') === true ? 'ThrottledEvents' : 'ConsumedCapacity';
    this.#ofSwf.push({ metricName, value: 1, atMs: this.#clock() });
  }

  #addFunctionMetric(metricName: FunctionMetric, value: number): void {
    this.#ofFunction.push({ metricName, value, atMs: this.#clock() });
  }
}
