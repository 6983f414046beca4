import { z } from 'zod';

import { type Assembly, loadAssembly } from '../../local/assembly.ts';
import { theStack } from './synthesized.ts';

const CODE = z.looseObject({ S3Key: z.string() });

/** The folder of the function's bundle. All stages have the same, so a test that synthesizes another need not bundle it again. */
export async function findBundleFolder(): Promise<string> {
  const { S3Key } = CODE.parse((await theStack()).get('AWS::Lambda::Function').Properties['Code']);
  return (await loadAssembly()).assetFolder(S3Key.replace(/\.zip$/, ''));
}

/** The stage `dev` that was synthesized without a bundle, with the function's bundle. */
export async function toDevAssembly(template: unknown): Promise<Assembly> {
  const [dev, bundleFolder] = await Promise.all([loadAssembly(), findBundleFolder()]);
  return { ...dev, template, assetFolder: () => bundleFolder };
}
