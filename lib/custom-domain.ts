import {
  ApiMapping,
  DomainName,
  EndpointType,
  type HttpApi,
  type HttpStage,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { AaaaRecord, ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';

import type { CustomDomainNameProps, TruststoreProps } from './heartbeat-relay-props.ts';

export interface CustomDomainProps extends CustomDomainNameProps {
  readonly api: HttpApi;
  readonly stage: HttpStage;
}

/**
 * The relay under the operator's own domain name. It is mapped to the root: payload format 2.0 removes a mapping's
 * prefix from the path, so with a prefix neither routes nor signatures would match.
 */
export class CustomDomain extends Construct {
  /** What the name must point to in the DNS. */
  readonly target: string;
  readonly domainName: string;

  constructor(
    scope: Construct,
    id: string,
    { name, certificate, hostedZone, truststore, api, stage }: CustomDomainProps,
  ) {
    super(scope, id);
    const domainName = new DomainName(this, 'Name', {
      domainName: name,
      certificate,
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
      ...(truststore === undefined ? {} : { mtls: toMtls(truststore) }),
    });
    new ApiMapping(this, 'AtRoot', { api, domainName, stage });
    this.domainName = name;
    if (hostedZone !== undefined) this.#addRecords(hostedZone, domainName);
    this.target = domainName.regionalDomainName;
  }

  #addRecords(zone: IHostedZone, { regionalDomainName, regionalHostedZoneId }: DomainName): void {
    const target = RecordTarget.fromAlias(new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId));
    const recordName = `${this.domainName}.`;
    new ARecord(this, 'Ipv4', { zone, recordName, target });
    new AaaaRecord(this, 'Ipv6', { zone, recordName, target });
  }
}

const toMtls = ({ bucket, key, version }: TruststoreProps) => ({
  bucket,
  key,
  ...(version === undefined ? {} : { version }),
});
