import {
  ApiMapping,
  DomainName,
  EndpointType,
  type HttpApi,
  type HttpStage,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';

export interface CustomDomainProps {
  readonly name: string;
  readonly certificate: ICertificate;
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

  constructor(scope: Construct, id: string, { name, certificate, api, stage }: CustomDomainProps) {
    super(scope, id);
    const domainName = new DomainName(this, 'Name', {
      domainName: name,
      certificate,
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'AtRoot', { api, domainName, stage });
    this.domainName = name;
    this.target = domainName.regionalDomainName;
  }
}
