import { SettingsError } from '../../lib/settings.ts';
import { resourcesOf } from './resources.ts';
import type { Template } from './template.ts';

/**
 * Some settings of a stage name what only AWS has. A stack that did without would be another one than is deployed.
 *
 * @throws SettingsError naming each of them.
 */
export function assertServable({ resources }: Template): void {
  const problems = [
    ...(resourcesOf(resources, 'AWS::ApiGatewayV2::DomainName').length > 0 ? ['customDomain'] : []),
    ...(resourcesOf(resources, 'AWS::KMS::Key').length === 0 ? ['workerKeys'] : []),
  ].map((setting) => `${setting}: names what is not on this machine, so leave it out of the stage that npm start runs`);
  if (problems.length > 0) throw new SettingsError(problems);
}
