import { z } from 'zod';

import { loadAssembly } from '../local/assembly.ts';

const TEMPLATE = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })) });
const FUNCTION = z.object({ Code: z.object({ S3Key: z.string() }) });

/** The folder that a synthesis of this project bundled the function into. Every stage has the same. */
export async function findFunctionBundle(): Promise<string> {
  const { template, assetFolder } = await loadAssembly();
  const { Resources: resources } = TEMPLATE.parse(template);
  const isRelay = ([id, { Type }]: [string, { Type: string }]): boolean =>
    Type === 'AWS::Lambda::Function' && id.startsWith('RelayFunction');
  const [, relay] = Object.entries(resources).find(isRelay) ?? [];
  return assetFolder(FUNCTION.parse(relay?.Properties).Code.S3Key.replace(/\.zip$/, ''));
}
