import { type IWidget, LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

import { HALF_WIDTH } from './graph-widget.ts';

/** From the log, because a metric for each domain and key would cost 0.30 a month each. */
export function requestsByDomain(logGroup: ILogGroup): IWidget {
  return new LogQueryWidget({
    title: 'Requests per 5 minutes with a valid worker key, by SWF domain',
    width: HALF_WIDTH,
    view: LogQueryVisualizationType.LINE,
    logGroupNames: [logGroup.logGroupName],
    queryLines: ["filter code = 'KeyUsed'", 'stats sum(`count`) as requests by bin(5m), domain'],
  });
}

export function busiestKeys(logGroup: ILogGroup): IWidget {
  return new LogQueryWidget({
    title: 'The ten worker keys with the most requests in the period shown',
    width: HALF_WIDTH,
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: [logGroup.logGroupName],
    queryLines: [
      "filter code = 'KeyUsed'",
      'stats sum(`count`) as requests, sum(throttled) as overRate, latest(domain) as lastDomain by keyId',
      'sort requests desc',
      'limit 10',
    ],
  });
}
