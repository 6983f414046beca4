import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import type { CustomDomain } from './custom-domain.ts';
import type { ParsedProps } from './parse-props.ts';
import { toDomainEntries } from './settings.ts';
import type { WorkerKeys } from './worker-keys.ts';

/** Commands and people find the relay's parts through its outputs. Their names do not depend on the construct's id. */
export function addOutputs(relay: Construct, outputs: Readonly<Record<string, string>>, prefix = ''): void {
  for (const [name, value] of Object.entries(outputs)) {
    new CfnOutput(relay, name, { value }).overrideLogicalId(`${prefix}${name}`);
  }
}

export function addCustomDomainOutput(relay: Construct, customDomain: CustomDomain | undefined, prefix = ''): void {
  if (customDomain === undefined) return;
  const { domainName, target: value } = customDomain;
  const description = `Point ${domainName} to this name with a CNAME or an alias record`;
  new CfnOutput(relay, 'CustomDomainTarget', { value, description }).overrideLogicalId(`${prefix}CustomDomainTarget`);
}

/** Commands issue keys with the first, and check records with both. */
export function toMacKeyOutputs({ macKeyArns: [newest = '', earlier] }: WorkerKeys): Record<string, string> {
  return { WorkerKeysMacKey: newest, ...(earlier === undefined ? {} : { WorkerKeysEarlierMacKey: earlier }) };
}

/** Like the environment variable, without external ids. Only the function and the role's owner should know those. */
export function toDomainsOutput({ domains }: ParsedProps): string {
  return JSON.stringify(toDomainEntries(domains), (name, value: unknown) =>
    name === 'externalId' ? undefined : value,
  );
}
