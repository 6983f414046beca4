import { type Assembly, readContext } from '../../local/assembly.ts';
import { toDevAssembly } from './bundle-folder.ts';
import { type Synthesis, synthesizeInTurn, WITHOUT_BUNDLE } from './synthesis.ts';

const STACK = 'HeartbeatRelay-dev';
const REGION = 'eu-west-1';

/** As those of the stage `dev` in cdk.json. */
const DOMAINS = { orders: { operations: ['heartbeat', 'complete', 'fail', 'cancel'] }, billing: {} };

/** The stage `dev` with the first KMS key alone, with both, and with the second alone. */
export async function synthesizeGenerations() {
  const [first, both, second] = await synthesizeInTurn(
    [1, 2, [2]].map((macKeyGenerations) => ({ context: toContext(macKeyGenerations) })),
    'unvalidated',
  );
  if (first === undefined || both === undefined || second === undefined)
    throw new Error('three stages were synthesized');
  return { first, both, second };
}

export const templateOf = (synthesis: Synthesis): unknown => synthesis.readTemplate(STACK);

export const toAssembly = async (synthesis: Synthesis): Promise<Assembly> => toDevAssembly(templateOf(synthesis));

function toContext(macKeyGenerations: unknown): Record<string, unknown> {
  const dev = { region: REGION, domains: DOMAINS, workerKeys: { macKeyGenerations } };
  return { ...readContext(), ...WITHOUT_BUNDLE, stage: 'dev', stages: { dev } };
}
