import { Duration, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { CfnIntegration, HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { METRICS_NAMESPACE } from '../lambda/environment/environment.ts';
import { CustomDomain } from './custom-domain.ts';
import type { CustomDomainNameProps } from './heartbeat-relay-props.ts';
import { createLogGroup, type LogSettings } from './log-group.ts';
import { GATEWAY_THROTTLED } from './relay-metrics.ts';

export interface RelayApiProps {
  readonly function: IFunction;
  readonly relayName: string;
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  readonly logSettings: LogSettings;
  /** Without it the relay has the host name that API Gateway assigns. */
  readonly customDomain: CustomDomainNameProps | undefined;
}

/** The function answers within 4.5 s. After this timeout the gateway answers itself. */
const INTEGRATION_TIMEOUT = Duration.seconds(5);

/**
 * Contains no path and no query. The caller chooses both, and they could contain a secret pasted into the wrong place.
 */
const toAccessLog = (relayName: string): string =>
  JSON.stringify({
    service: relayName,
    requestId: '$context.requestId',
    status: '$context.status',
    functionStatus: '$context.integration.status',
    latencyMs: '$context.responseLatency',
    integrationError: '$context.integrationErrorMessage',
    sourceIp: '$context.identity.sourceIp',
  });

/**
 * The HTTP API. Its only route, `$default`, passes every request to the function. No deployable route could match a
 * trailing slash, and the relay formats its own 404.
 */
export class RelayApi extends Construct {
  readonly url: string;
  readonly api: HttpApi;
  /** Only with a custom domain. */
  readonly customDomain: CustomDomain | undefined;

  constructor(scope: Construct, id: string, props: RelayApiProps) {
    super(scope, id);
    const { function: handler, relayName, throttle, logSettings, customDomain } = props;
    const api = new HttpApi(this, 'Api', {
      apiName: relayName,
      description: 'Receives heartbeats from activity workers without IAM credentials',
      createDefaultStage: false,
      disableExecuteApiEndpoint: customDomain !== undefined,
      defaultIntegration: new HttpLambdaIntegration('Relay', handler, { timeout: INTEGRATION_TIMEOUT }),
    });
    invokeOnlyWithPermission(api);
    const accessLogs = createLogGroup(this, 'AccessLogs', 'access', logSettings);
    countThrottled(accessLogs);
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttle.ratePerSecond, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLogs),
        format: AccessLogFormat.custom(toAccessLog(relayName)),
      },
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason: 'The function authenticates workers. An authorizer receives no body, so it could not verify a signature.',
    });
    this.customDomain =
      customDomain === undefined ? undefined : new CustomDomain(this, 'CustomDomain', { ...customDomain, api, stage });
    this.url = customDomain === undefined ? api.apiEndpoint : `https://${customDomain.name}`;
    this.api = api;
  }
}

/**
 * CloudFormation would otherwise create the permission and change the integration in any order. In between, the gateway could
 * not invoke the alias, and would answer 500.
 */
function invokeOnlyWithPermission(api: HttpApi): void {
  const parts = api.node.findAll();
  for (const integration of parts.filter((part) => part instanceof CfnIntegration)) {
    for (const permission of parts.filter((part) => part instanceof CfnPermission))
      integration.addResourceDependency(permission);
  }
}

/**
 * HTTP APIs have no metric for throttling. In the access log, a 429 from the function also has the function's status.
 */
function countThrottled(logGroup: LogGroup): void {
  new MetricFilter(logGroup, 'Throttled', {
    logGroup,
    filterPattern: FilterPattern.all(
      FilterPattern.stringValue('$.status', '=', '429'),
      FilterPattern.stringValue('$.functionStatus', '=', '-'),
    ),
    metricNamespace: METRICS_NAMESPACE,
    metricName: GATEWAY_THROTTLED,
    metricValue: '1',
    dimensions: { service: '$.service' },
  });
}
