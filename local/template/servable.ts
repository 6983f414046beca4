import { findPartition } from '../../lib/regions.ts';
import { SettingsError } from '../../lib/settings.ts';
import { resourcesOf, type TableResource } from './resources.ts';
import type { Template } from './template.ts';

/** The only partition whose ARNs and policies this machine plays. */
const PARTITION = 'aws';

/**
 * Some settings of a stage refer to resources that exist only in AWS. A local stack that ignored them would differ from
 * the deployed stack.
 *
 * @throws SettingsError that names each of these settings.
 */
export function assertServable({ place, resources }: Template): void {
  const keys = resourcesOf(resources, 'AWS::KMS::Key');
  const onlyInAws = [
    ...(resourcesOf(resources, 'AWS::ApiGatewayV2::DomainName').length > 0 ? ['customDomain'] : []),
    ...(keys.length === 0 ? ['workerKeys'] : []),
    ...(resourcesOf(resources, 'AWS::Events::Rule').length > 0 ? ['canary'] : []),
    ...(resourcesOf(resources, 'AWS::DynamoDB::Table').some(isEncryptedWithKey) ? ['encryptionKeyArn'] : []),
    // The one operator of a local stack has no role, and could issue no key.
    ...(keys.some(({ KeyPolicy }) => JSON.stringify(KeyPolicy).includes('aws:PrincipalArn'))
      ? ['workerKeys.issuerArns']
      : []),
  ].map(
    (setting) =>
      `${setting}: refers to a resource that exists only in AWS; remove it from the stage that npm start runs`,
  );
  const problems = [...findForeignPartition(place.region), ...onlyInAws];
  if (problems.length > 0) throw new SettingsError(problems);
}

const isEncryptedWithKey = ({ SSESpecification: encryption }: TableResource): boolean => encryption !== undefined;

function findForeignPartition(region: string): string[] {
  const partition = findPartition(region) ?? PARTITION;
  if (partition === PARTITION) return [];
  return [`region: ${region} is in the partition ${partition}, and npm start plays only regions of ${PARTITION}`];
}
