import { z } from 'zod';

import { createReport } from '../../lambda/log/metrics.ts';
import type { Report } from '../../lambda/http/respond.ts';
import type { FunctionMetric } from '../../local/function-host/settings.ts';
import { onlyResource, resourcesOf } from '../../local/template/resources.ts';
import type { Template } from '../../local/template/template.ts';
import { ALARM, type Alarm, type Datum, evaluate } from '../cloudwatch/alarm.ts';
import { toData } from '../cloudwatch/embedded-metrics.ts';
import { compileMetricFilter } from '../cloudwatch/metric-filter.ts';
import { linesWrittenBy } from '../lib/log-lines.ts';

const ACCESS_LINE = z.object({ status: z.string() });

const MINUTE_MS = 60_000;
/** The longest period of any alarm, except for the daily one of `KeyExpiresSoon`. */
const WHOLE_MS = 5 * MINUTE_MS;

/** A clock that runs with the machine's, and can be moved on. */
export interface MovableClock {
  readonly clock: () => number;
  readonly advance: (ms: number) => void;
}

/** What CloudWatch would have of a stack: the metrics that it wrote, and its alarms over them. */
export class Recording {
  readonly #template: Template;
  readonly #time: MovableClock;
  readonly #toFiltered: (line: string, atMs: number) => Datum[];
  readonly #data: Datum[] = [];
  readonly #fired = new Set<string>();

  constructor(template: Template, time: MovableClock) {
    this.#template = template;
    this.#time = time;
    this.#toFiltered = compileMetricFilter(propertiesOf(onlyResource(template.resources, 'AWS::Logs::MetricFilter')));
    this.#advanceTo(WHOLE_MS);
  }

  /** The names of all alarms that were in ALARM at the end of some minute, without the stack's. */
  get fired(): readonly string[] {
    return [...this.#fired].sort();
  }

  /** Lets the same happen minute after minute, and looks at every alarm after each. */
  async play(minutes: number, everyMinute: (minute: number) => void | Promise<void>): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      await everyMinute(minute);
      this.#advanceTo(MINUTE_MS);
      for (const name of this.#inAlarm()) this.#fired.add(name);
    }
  }

  /**
   * The names of the alarms that are in ALARM once nothing has happened for so long: by default, until every period is
   * another, except for the daily one of `KeyExpiresSoon`.
   */
  async afterwards(quietMs = 5 * WHOLE_MS): Promise<readonly string[]> {
    this.#time.advance(quietMs);
    return this.#inAlarm();
  }

  /** A line of the function's log. Who writes it takes the machine's time, by which this clock runs ahead. */
  readonly onFunctionLine = (line: string): void => {
    const aheadMs = this.#time.clock() - Date.now();
    for (const datum of toData(line)) this.#data.push({ ...datum, atMs: datum.atMs + aheadMs });
  };

  /** A line of the gateway's access log. */
  readonly onAccessLine = (line: string): void => {
    const atMs = this.#time.clock();
    this.#data.push(...this.#toFiltered(line, atMs), ...this.#toGatewayData(line, atMs));
  };

  /** Lambda tells of each function, and of all functions of the account together: here there is one. */
  readonly onFunctionMetric = (metricName: FunctionMetric, value: number): void => {
    const { physicalId: FunctionName } = onlyResource(this.#template.resources, 'AWS::Lambda::Function');
    const datum = { namespace: 'AWS/Lambda', metricName, value, atMs: this.#time.clock() };
    this.#data.push({ ...datum, dimensions: { FunctionName } }, { ...datum, dimensions: {} });
  };

  /** What API Gateway counts of a request by itself. */
  #toGatewayData(line: string, atMs: number): Datum[] {
    const { physicalId: ApiId } = onlyResource(this.#template.resources, 'AWS::ApiGatewayV2::Api');
    const isClientError = /^4\d\d$/.test(ACCESS_LINE.parse(JSON.parse(line)).status);
    return ['Count', ...(isClientError ? ['4xx'] : [])].map((metricName) => ({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensions: { ApiId },
      value: 1,
      atMs,
    }));
  }

  /** The function's own report, whose lines are kept. */
  createReport(): Report {
    const report = createReport(this.#template.place.stackName, this.#time.clock);
    return (...told) => linesWrittenBy(() => report(...told)).forEach(this.onFunctionLine);
  }

  #inAlarm(): readonly string[] {
    const nowMs = this.#time.clock();
    return alarmsOf(this.#template)
      .filter((alarm) => evaluate(alarm, this.#data, nowMs) === 'ALARM')
      .map(({ AlarmName }) => AlarmName.slice(`${this.#template.place.stackName}-`.length));
  }

  #advanceTo(wholeMs: number): void {
    this.#time.advance(wholeMs - (this.#time.clock() % wholeMs));
  }
}

/** A template's alarms, with every reference resolved. */
export const alarmsOf = ({ resources }: Template): readonly Alarm[] =>
  resourcesOf(resources, 'AWS::CloudWatch::Alarm').map((resource) => ALARM.parse(propertiesOf(resource)));

function propertiesOf({
  Type: _type,
  arn: _arn,
  physicalId: _physicalId,
  ...properties
}: Readonly<Record<string, unknown>>): unknown {
  return properties;
}
