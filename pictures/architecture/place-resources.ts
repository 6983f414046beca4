import { z } from 'zod';

const TEMPLATE = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** The boxes of the picture that stand for resources, and the lines of text in each. */
export type Places = Readonly<Record<Place, readonly string[]>>;
type Place = 'gateway' | 'function' | 'tables' | 'key' | 'roles' | 'watching' | 'policies';

/** The picture has no place for a type of resource. It would not show what is deployed. */
export class UnplacedResourceError extends Error {
  override readonly name = 'UnplacedResourceError';
}

/** Where each type of resource belongs. */
const PLACES: Readonly<Record<string, Place>> = {
  'AWS::ApiGatewayV2::Api': 'gateway',
  'AWS::ApiGatewayV2::Integration': 'gateway',
  'AWS::ApiGatewayV2::Route': 'gateway',
  'AWS::ApiGatewayV2::Stage': 'gateway',
  'AWS::Lambda::Permission': 'gateway',
  'AWS::Lambda::Function': 'function',
  'AWS::Lambda::Version': 'function',
  'AWS::Lambda::Alias': 'function',
  'AWS::DynamoDB::Table': 'tables',
  'AWS::KMS::Key': 'key',
  'AWS::IAM::Role': 'roles',
  'AWS::IAM::ManagedPolicy': 'policies',
  'AWS::CloudWatch::Alarm': 'watching',
  'AWS::CloudWatch::Dashboard': 'watching',
  'AWS::Logs::LogGroup': 'watching',
  'AWS::Logs::MetricFilter': 'watching',
  'AWS::Logs::QueryDefinition': 'watching',
};

/** @throws UnplacedResourceError */
export function placeResources(template: unknown): Places {
  const resources = Object.entries(TEMPLATE.parse(template).Resources);
  for (const [id, { Type }] of resources) {
    if (PLACES[Type] === undefined)
      throw new UnplacedResourceError(`the architecture picture has no place for ${Type} (${id})`);
  }
  const idsOf = (type: string): string[] => resources.flatMap(([id, { Type }]) => (Type === type ? [toName(id)] : []));
  const count = (type: string, name: string): string => {
    const { length } = idsOf(type);
    return `${length} ${name}${length === 1 ? '' : 's'}`;
  };
  return {
    gateway: [count('AWS::ApiGatewayV2::Route', 'route')],
    function: [],
    tables: idsOf('AWS::DynamoDB::Table').map((id) => id.replace(/Table$/, '')),
    key: [count('AWS::KMS::Key', 'HMAC key')],
    roles: idsOf('AWS::IAM::Role').flatMap((id) => /^Domain(?<domain>.+)Role$/.exec(id)?.groups?.['domain'] ?? []),
    watching: [
      count('AWS::CloudWatch::Alarm', 'alarm'),
      count('AWS::CloudWatch::Dashboard', 'dashboard'),
      count('AWS::Logs::LogGroup', 'log group'),
    ],
    policies: [count('AWS::IAM::ManagedPolicy', 'policy').replace(/policys$/, 'policies')],
  };
}

/** A logical id without the hash that CDK appends. */
const toName = (id: string): string => id.replace(/[0-9A-F]{8}$/, '');
