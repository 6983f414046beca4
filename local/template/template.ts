import { createHash } from 'node:crypto';

import { z } from 'zod';

import { resolve, type References, UnknownTemplateElementError } from './intrinsics.ts';
import { RESOURCE_SCHEMAS, type Resource } from './resources.ts';

/** The simulated location of the stack. */
export interface Place {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
}

/** A template with all references resolved for this machine. */
export interface Template {
  readonly place: Place;
  readonly resources: ReadonlyMap<string, Resource>;
  /** The outputs depend on the relay's address, which is known only once the gateway listens. */
  readonly outputs: (relayUrl: string) => Readonly<Record<string, string>>;
}

/** Strict, because a condition, a mapping or a transform would change the meaning of the rest. */
const TEMPLATE = z.strictObject({
  Description: z.string().optional(),
  Parameters: z.strictObject({ BootstrapVersion: z.unknown() }).optional(),
  Rules: z.strictObject({ CheckBootstrapVersion: z.unknown() }).optional(),
  Resources: z.record(
    z.string(),
    z.strictObject({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()),
      DependsOn: z.array(z.string()).optional(),
      Metadata: z.unknown().optional(),
      DeletionPolicy: z.string().optional(),
      UpdateReplacePolicy: z.string().optional(),
    }),
  ),
  Outputs: z.record(z.string(), z.strictObject({ Value: z.unknown(), Description: z.string().optional() })),
});

type RawResource = z.infer<typeof TEMPLATE>['Resources'][string];

/** The values of the `aws` partition, because the local region is a commercial one. */
const PSEUDO_PARAMETERS = { 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' } as const;

/**
 * Reads a synthesized template.
 *
 * @throws UnknownTemplateElementError for an unknown resource type, property value or intrinsic function.
 */
export function loadTemplate(json: unknown, place: Place): Template {
  const { success, data, error } = TEMPLATE.safeParse(json);
  if (!success) throw new UnknownTemplateElementError(z.prettifyError(error));
  const { Resources: raw, Outputs: outputs } = data;
  const references = toReferences(raw, place);
  const resources = new Map(
    Object.entries(raw).map(([logicalId, resource]) => [logicalId, toResource(logicalId, resource, references)]),
  );
  return {
    place,
    resources,
    outputs: (relayUrl) => {
      const attributes = new Map([...references.attributes, ...apiEndpoints(raw, relayUrl)]);
      const toText = ({ Value }: { Value: unknown }) => String(resolve(Value, { ...references, attributes }));
      return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, toText(output)]));
    },
  };
}

function toResource(logicalId: string, { Type, Properties }: RawResource, references: References): Resource {
  const schema = RESOURCE_SCHEMAS.find((candidate) => candidate.shape.Type.value === Type);
  if (schema === undefined) throw new UnknownTemplateElementError(`${logicalId} has the unknown type ${Type}`);
  const arn = references.attributes.get(`${logicalId}.Arn`) ?? '';
  const physicalId = references.refs.get(logicalId) ?? '';
  const resolved: unknown = { ...asObject(resolve(Properties, references)), Type, arn, physicalId };
  const { success, data, error } = schema.safeParse(resolved);
  if (!success) throw new UnknownTemplateElementError(`${logicalId}: ${z.prettifyError(error)}`);
  return data;
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function toReferences(raw: Readonly<Record<string, RawResource>>, place: Place): References {
  const refs = new Map<string, string>(Object.entries(PSEUDO_PARAMETERS));
  refs.set('AWS::AccountId', place.accountId).set('AWS::Region', place.region).set('AWS::StackName', place.stackName);
  const attributes = new Map<string, string>();
  for (const [logicalId, { Type, Properties }] of Object.entries(raw)) {
    const physicalId = toPhysicalId(logicalId, Type, Properties, place);
    refs.set(logicalId, physicalId);
    const arn = toArn(Type, physicalId, Properties, place);
    if (arn !== undefined) attributes.set(`${logicalId}.Arn`, arn);
    if (Type === 'AWS::ApiGatewayV2::DomainName') {
      attributes.set(`${logicalId}.RegionalDomainName`, NO_DNS).set(`${logicalId}.RegionalHostedZoneId`, NO_DNS);
    }
    if (Type === 'AWS::Lambda::Version') attributes.set(`${logicalId}.Version`, '1');
  }
  for (const [logicalId, { Type, Properties }] of Object.entries(raw)) {
    if (Type === 'AWS::Lambda::Alias') refs.set(logicalId, toAliasArn(Properties, { refs, attributes }, place));
  }
  return { refs, attributes };
}

/** A custom domain is loaded, but not run. */
const NO_DNS = 'no DNS on this machine';

/** The property that names a resource, by the resource's type. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::ApiGatewayV2::Stage': 'StageName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Logs::LogGroup': 'LogGroupName',
};

/**
 * The name from the template, if it has one. Otherwise a name in CloudFormation's format, but the same at each start.
 * A managed policy's physical id is its ARN.
 */
function toPhysicalId(logicalId: string, type: string, properties: Record<string, unknown>, place: Place): string {
  const hash = createHash('sha256').update(`${place.stackName}\n${logicalId}`).digest('hex');
  if (type === 'AWS::KMS::Key') return `mrk-${hash.slice(0, 32)}`;
  if (type === 'AWS::ApiGatewayV2::Api') return hash.slice(0, 10);
  const given = properties[NAMES[type] ?? ''];
  if (given !== undefined && typeof given !== 'string') {
    throw new UnknownTemplateElementError(`${logicalId} has a name that is not a string`);
  }
  const name = given ?? `${place.stackName}-${logicalId}-${hash.slice(0, 12).toUpperCase()}`;
  return type === 'AWS::IAM::ManagedPolicy' ? `arn:aws:iam::${place.accountId}:policy/${name}` : name;
}

function toArn(
  type: string,
  physicalId: string,
  { Path: path }: Record<string, unknown>,
  { region, accountId }: Place,
): string | undefined {
  switch (type) {
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${accountId}:role${typeof path === 'string' ? path : '/'}${physicalId}`;
    case 'AWS::IAM::ManagedPolicy':
      return physicalId;
    case 'AWS::CloudWatch::Alarm':
      return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${physicalId}`;
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${region}:${accountId}:table/${physicalId}`;
    case 'AWS::KMS::Key':
      return `arn:aws:kms:${region}:${accountId}:key/${physicalId}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${region}:${accountId}:function:${physicalId}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${region}:${accountId}:log-group:${physicalId}:*`;
    default:
      return undefined;
  }
}

/** An alias's physical id is its ARN. It contains the name of the function that it belongs to. */
function toAliasArn(properties: Record<string, unknown>, references: References, { region, accountId }: Place): string {
  const functionName = String(resolve(properties['FunctionName'], references));
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName}:${String(properties['Name'])}`;
}

function apiEndpoints(raw: Readonly<Record<string, RawResource>>, relayUrl: string): [string, string][] {
  return Object.entries(raw)
    .filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Api')
    .map(([logicalId]) => [`${logicalId}.ApiEndpoint`, relayUrl]);
}
