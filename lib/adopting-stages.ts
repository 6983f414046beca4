import { z } from 'zod';

import type { RoleSettings } from './role-naming.ts';
import type { StageSettings } from './settings.ts';

const ROLES = z.object({ path: z.string().optional(), namePrefix: z.string().optional() });
const ADOPTING = z.looseObject({
  region: z.string(),
  workerKeys: z.looseObject({ kmsKeyArn: z.string() }),
  roles: ROLES.default({}),
});

/** A stage that adopts a KMS key, and where its roles are. */
export interface AdoptingStage {
  readonly stage: string;
  readonly roles: RoleSettings;
}

/**
 * The other stages of `cdk.json` that adopt a KMS key of this stage's region. Nobody can tell at synthesis whether it is this
 * stage's key. If it is another one, their functions have no permission for this key, whatever its key policy says.
 *
 * @param stages the unchecked settings of all stages.
 */
export function findAdoptingStages(stages: unknown, { stage, region }: StageSettings): AdoptingStage[] {
  const entries = typeof stages === 'object' && stages !== null ? Object.entries(stages) : [];
  return entries.flatMap(([name, settings]: [string, unknown]) => {
    const adopting = ADOPTING.safeParse(settings).data;
    return name !== stage && adopting?.region === region ? [{ stage: name, roles: adopting.roles }] : [];
  });
}
