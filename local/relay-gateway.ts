import type { Caller } from './aws/api.ts';
import type { Realm } from './aws/realm.ts';
import type { GatewaySettings } from './gateway/settings.ts';
import { onlyResource, resourcesOf } from './template/resources.ts';
import type { Template } from './template/template.ts';

export interface RelayGateway {
  readonly settings: GatewaySettings;
  /** Whether the function's own policy allows the gateway to invoke it. */
  readonly authorizeInvocation: () => boolean;
}

/** Converts the template's HTTP API into the gateway's settings. */
export function toGatewaySettings({ resources, place }: Template, realm: Realm): RelayGateway {
  const { access } = realm;
  const { functionPolicy } = access;
  const api = onlyResource(resources, 'AWS::ApiGatewayV2::Api');
  const integration = onlyResource(resources, 'AWS::ApiGatewayV2::Integration');
  const { DefaultRouteSettings: throttle, ...stage } = onlyResource(resources, 'AWS::ApiGatewayV2::Stage');
  const { accountId, region } = place;
  const sourceArn = `arn:aws:execute-api:${region}:${accountId}:${api.physicalId}/${stage.StageName}/$default`;
  const gateway: Caller = { principal: { kind: 'aws-service', name: 'apigateway.amazonaws.com' }, accountId, realm };
  return {
    settings: {
      apiId: api.physicalId,
      accountId,
      region,
      routeKeys: resourcesOf(resources, 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey),
      integrationTimeoutMs: integration.TimeoutInMillis,
      throttle: { ratePerSecond: throttle.ThrottlingRateLimit, burst: throttle.ThrottlingBurstLimit },
      accessLogFormat: stage.AccessLogSettings.Format,
    },
    authorizeInvocation: () => {
      try {
        access.authorize(gateway, {
          action: 'lambda:InvokeFunction',
          resource: integration.IntegrationUri,
          ...(functionPolicy === undefined ? {} : { resourcePolicy: functionPolicy }),
          context: { 'aws:SourceArn': sourceArn },
        });
        return true;
      } catch {
        return false;
      }
    },
  };
}
