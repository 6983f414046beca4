import { z } from 'zod';

import { CUSTOM_DOMAIN, MONITORING, SCHEDULE } from './not-run.ts';
import { BASE } from './resource-base.ts';

/**
 * The resources that the local stack runs, with every property that it implements or may ignore. The objects are
 * strict: loading fails for a property that is not listed here. The local stack thus never ignores a property silently.
 */

/** A policy document, which the policy evaluator parses. */
const POLICY = z.record(z.string(), z.unknown());

/** A property that has no effect on one machine. */
const IGNORED = z.unknown();

const TABLE = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::DynamoDB::Table'),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  DeletionProtectionEnabled: IGNORED.optional(),
  PointInTimeRecoverySpecification: IGNORED.optional(),
  TimeToLiveSpecification: IGNORED.optional(),
  StreamSpecification: IGNORED.optional(),
  SSESpecification: IGNORED.optional(),
  Tags: IGNORED.optional(),
});

const KEY = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::KMS::Key'),
  KeySpec: z.literal('HMAC_256'),
  KeyUsage: z.literal('GENERATE_VERIFY_MAC'),
  KeyPolicy: POLICY,
  Description: IGNORED,
  MultiRegion: IGNORED,
  PendingWindowInDays: IGNORED,
});

const ROLE = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::IAM::Role'),
  RoleName: z.string(),
  AssumeRolePolicyDocument: POLICY,
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: POLICY })),
  Description: IGNORED,
  Path: z.string().optional(),
});

/** The template attaches it to no identity. Its `Ref` is its ARN. */
const MANAGED_POLICY = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::IAM::ManagedPolicy'),
  PolicyDocument: POLICY,
  Description: IGNORED,
  Path: z.literal('/'),
});

const LOG_GROUP = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::Logs::LogGroup'),
  LogGroupName: IGNORED.optional(),
  RetentionInDays: IGNORED,
  KmsKeyId: IGNORED.optional(),
});

const FUNCTION = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::Lambda::Function'),
  Code: z.looseObject({ S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.literal('nodejs24.x'),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()) }),
  MemorySize: z.number(),
  Timeout: z.number(),
  Role: z.string(),
  LoggingConfig: z.looseObject({ LogGroup: z.string() }),
  Architectures: IGNORED,
  Description: IGNORED,
  ReservedConcurrentExecutions: IGNORED.optional(),
});

/** The version of the code that the template deploys. There is no other one on this machine. */
const VERSION = z.strictObject({ ...BASE, Type: z.literal('AWS::Lambda::Version'), FunctionName: z.string() });

/** Its `Ref` is its ARN. The local function has one version, so the alias leads to it. */
const ALIAS = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::Lambda::Alias'),
  FunctionName: z.string(),
  FunctionVersion: z.string(),
  Name: z.string(),
});

const PERMISSION = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::Lambda::Permission'),
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string(),
});

const API = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::ApiGatewayV2::Api'),
  ProtocolType: z.literal('HTTP'),
  Name: IGNORED,
  Description: IGNORED,
  DisableExecuteApiEndpoint: IGNORED.optional(),
});

const INTEGRATION = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::ApiGatewayV2::Integration'),
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: z.number(),
});

const ROUTE = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::ApiGatewayV2::Route'),
  ApiId: z.string(),
  AuthorizationType: z.literal('NONE'),
  RouteKey: z.string(),
  Target: z.string(),
});

const STAGE = z.strictObject({
  ...BASE,
  Type: z.literal('AWS::ApiGatewayV2::Stage'),
  ApiId: z.string(),
  StageName: z.literal('$default'),
  AutoDeploy: z.literal(true),
  DefaultRouteSettings: z.strictObject({ ThrottlingBurstLimit: z.number(), ThrottlingRateLimit: z.number() }),
  AccessLogSettings: z.strictObject({ DestinationArn: z.string(), Format: z.string() }),
});

export const RESOURCE_SCHEMAS = [
  TABLE,
  KEY,
  ROLE,
  MANAGED_POLICY,
  LOG_GROUP,
  FUNCTION,
  VERSION,
  ALIAS,
  PERMISSION,
  API,
  INTEGRATION,
  ROUTE,
  STAGE,
  ...MONITORING,
  ...CUSTOM_DOMAIN,
  SCHEDULE,
] as const;

export type TableResource = z.infer<typeof TABLE>;
export type KeyResource = z.infer<typeof KEY>;
export type RoleResource = z.infer<typeof ROLE>;
export type ManagedPolicyResource = z.infer<typeof MANAGED_POLICY>;
export type FunctionResource = z.infer<typeof FUNCTION>;
export type Resource = z.infer<(typeof RESOURCE_SCHEMAS)[number]>;

/** The resources of one type, in the template's order. */
export function resourcesOf<Type extends Resource['Type']>(
  resources: ReadonlyMap<string, Resource>,
  type: Type,
): Extract<Resource, { Type: Type }>[] {
  const isOfType = (resource: Resource): resource is Extract<Resource, { Type: Type }> => resource.Type === type;
  return [...resources.values()].filter(isOfType);
}

/** @throws Error unless there is exactly one, because the local stack runs one of each. */
export function onlyResource<Type extends Resource['Type']>(
  resources: ReadonlyMap<string, Resource>,
  type: Type,
): Extract<Resource, { Type: Type }> {
  const [only, ...others] = resourcesOf(resources, type);
  if (only === undefined || others.length > 0) throw new Error(`the template must have exactly one ${type}`);
  return only;
}
