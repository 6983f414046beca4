import { z } from 'zod';

import { loadAssembly } from '../../local/assembly.ts';
import { theStack } from './synthesized.ts';

const CODE = z.looseObject({ S3Key: z.string() });

/** The folder of the function's bundle. All stages have the same, so a test that synthesizes another need not bundle it again. */
export async function findBundleFolder(): Promise<string> {
  const { S3Key } = CODE.parse((await theStack()).get('AWS::Lambda::Function').Properties['Code']);
  return (await loadAssembly()).assetFolder(S3Key.replace(/\.zip$/, ''));
}
