import { z } from 'zod';

import { BASE } from './resource-base.ts';

/** A resource type that the local stack does not run, whatever its properties are. */
const notRun = <Type extends string>(type: Type) => z.looseObject({ ...BASE, Type: z.literal(type) });

/** Resources that monitor the stack. The stack works the same without them. */
export const MONITORING = [
  notRun('AWS::CloudWatch::Alarm'),
  notRun('AWS::CloudWatch::Dashboard'),
  notRun('AWS::Logs::MetricFilter'),
  notRun('AWS::Logs::QueryDefinition'),
] as const;

/** A custom domain needs DNS. `loadTemplate` accepts such a template, but a local stack cannot start from it. */
export const CUSTOM_DOMAIN = [
  notRun('AWS::ApiGatewayV2::DomainName'),
  notRun('AWS::ApiGatewayV2::ApiMapping'),
  notRun('AWS::Route53::RecordSet'),
] as const;

/** Nothing runs by a schedule here. */
export const SCHEDULE = notRun('AWS::Events::Rule');
