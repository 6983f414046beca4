import { z } from 'zod';

import type { StageSettings } from './settings.ts';

const ADOPTING = z.looseObject({ region: z.string(), workerKeys: z.looseObject({ kmsKeyArn: z.string() }) });

/**
 * The other stages of `cdk.json` that adopt a KMS key of this stage's region. Nobody can tell at synthesis whether it is this
 * stage's key. If it is another one, their functions have no permission for this key, whatever its key policy says.
 *
 * @param stages the unchecked settings of all stages.
 */
export function findAdoptingStages(stages: unknown, { stage, region }: StageSettings): string[] {
  const entries = typeof stages === 'object' && stages !== null ? Object.entries(stages) : [];
  return entries.flatMap(([name, settings]: [string, unknown]) => {
    const adopting = ADOPTING.safeParse(settings).data;
    return name !== stage && adopting?.region === region ? [name] : [];
  });
}
