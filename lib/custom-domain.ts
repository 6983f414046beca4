import { CfnOutput, Stack } from 'aws-cdk-lib';
import {
  ApiMapping,
  DomainName,
  EndpointType,
  type HttpApi,
  type HttpStage,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';

export interface CustomDomainProps {
  readonly name: string;
  readonly certificateArn: string;
  readonly api: HttpApi;
  readonly stage: HttpStage;
}

/**
 * The relay under the operator's own domain name. It is mapped to the root: payload format 2.0 removes a mapping's
 * prefix from the path, so with a prefix neither routes nor signatures would match.
 */
export class CustomDomain extends Construct {
  constructor(scope: Construct, id: string, { name, certificateArn, api, stage }: CustomDomainProps) {
    super(scope, id);
    const domainName = new DomainName(this, 'Name', {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'AtRoot', { api, domainName, stage });
    new CfnOutput(Stack.of(this), 'CustomDomainTarget', {
      value: domainName.regionalDomainName,
      description: `Point ${name} to this name with a CNAME or an alias record`,
    });
  }
}
