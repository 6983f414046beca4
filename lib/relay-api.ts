import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface RelayApiProps {
  readonly function: IFunction;
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  readonly logRetentionDays: number;
}

/** The function answers within 4.5 s; past this the gateway answers for it. */
const INTEGRATION_TIMEOUT = Duration.seconds(5);

/** No path and no query: both are the caller's, and could hold a secret that was pasted into the wrong place. */
const ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
  sourceIp: '$context.identity.sourceIp',
});

/**
 * The HTTP API. One route, `$default`, hands everything to the function: no deployable route could match a trailing
 * slash, and the relay words its own 404.
 */
export class RelayApi extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { function: handler, throttle, logRetentionDays }: RelayApiProps) {
    super(scope, id);
    const api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      description: 'Heartbeats of activity workers that hold no IAM credentials',
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('Relay', handler, { timeout: INTEGRATION_TIMEOUT }),
    });
    const accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttle.ratePerSecond, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLogs),
        format: AccessLogFormat.custom(ACCESS_LOG),
      },
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason: 'Workers prove themselves to the function: an authorizer gets no body, so it could check no signature.',
    });
    this.url = api.apiEndpoint;
  }
}
