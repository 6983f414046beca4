import { Access } from '../../local/aws/access.ts';
import type { Policy } from '../../local/aws/iam/policy.ts';
import { Faults } from '../../local/faults.ts';
import { readContext } from '../../local/assembly.ts';
import type { RunningServer } from '../../local/listen.ts';
import { issueFunctionSession } from '../../local/relay-function.ts';
import { onlyResource } from '../../local/template/resources.ts';
import { loadTemplate, type Template } from '../../local/template/template.ts';
import { synthesizeInTurn, WITHOUT_BUNDLE } from '../lib/synthesis.ts';
import type { AStack } from './a-stack.ts';
import { startSabotaged } from './a-sabotaged-stack.ts';

const DOMAINS = { orders: {}, billing: {} };

/** Stages of one `cdk.json`: `dev`, as it runs, with the setting `issuerArns`, and `blue`, which adopts its keys. */
export interface Stages {
  readonly limited: Template;
  readonly blue: Template;
}

export async function synthesizeStages({ stack, target }: AStack, issuerArns: readonly string[]): Promise<Stages> {
  const { region, accountId } = stack;
  const dev = { region, domains: DOMAINS, workerKeys: { issuerArns } };
  const { workerKeysTable: tableName, macKeyArn: kmsKeyArn, keyEventsTable: eventsTableName } = target;
  const blue = { region, domains: DOMAINS, workerKeys: { tableName, kmsKeyArn, eventsTableName } };
  const stages = { dev, blue };
  const names = ['dev', 'blue'];
  const contexts = names.map((stage) => ({ ...readContext(), ...WITHOUT_BUNDLE, stage, stages }));
  const [limited, adopting] = (await synthesizeInTurn(contexts)).map(({ readTemplate }, index) => {
    const stackName = `HeartbeatRelay-${names[index]}`;
    return loadTemplate(readTemplate(stackName), { stackName, region, accountId });
  });
  if (limited === undefined || adopting === undefined) throw new Error('a stage was not synthesized');
  return { limited, blue: adopting };
}

/** The KMS key's own policy in a template. */
export function keyPolicyOf({ resources }: Template): Policy {
  const { arn } = onlyResource(resources, 'AWS::KMS::Key');
  const policy = Access.of(resources, () => undefined).keyPolicyOf(arn);
  if (policy === undefined) throw new Error('the key has no policy');
  return policy;
}

/**
 * A fresh container of the adopting stage: with its environment, its role and that role's policies, before the tables and the
 * KMS key of the running stack.
 *
 * @param keyPolicy what that KMS key's policy says.
 */
export async function startAdopting({ stack }: AStack, blue: Template, keyPolicy: Policy): Promise<RunningServer> {
  const access = Access.of(blue.resources, () => undefined).with(keyPolicy);
  const realm = { access, faults: new Faults(Date.now, Math.random) };
  const { Environment: environment } = onlyResource(blue.resources, 'AWS::Lambda::Function');
  return startSabotaged(
    {
      ...stack,
      functionEnvironment: environment.Variables,
      functionSession: issueFunctionSession(blue, realm, stack.credentials),
    },
    {},
  );
}
