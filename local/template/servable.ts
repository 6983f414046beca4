import { SettingsError } from '../../lib/settings.ts';
import { resourcesOf } from './resources.ts';
import type { Template } from './template.ts';

/**
 * Some settings of a stage refer to resources that exist only in AWS. A local stack that ignored them would differ from
 * the deployed stack.
 *
 * @throws SettingsError that names each of these settings.
 */
export function assertServable({ resources }: Template): void {
  const problems = [
    ...(resourcesOf(resources, 'AWS::ApiGatewayV2::DomainName').length > 0 ? ['customDomain'] : []),
    ...(resourcesOf(resources, 'AWS::KMS::Key').length === 0 ? ['workerKeys'] : []),
  ].map(
    (setting) =>
      `${setting}: refers to a resource that exists only in AWS; remove it from the stage that npm start runs`,
  );
  if (problems.length > 0) throw new SettingsError(problems);
}
