import { describe, expect, it } from 'vitest';

import { readContext } from '../../local/assembly.ts';
import { synthesizeInTurn, WITHOUT_BUNDLE } from './synthesis.ts';
import { roleArn, root, Synthesized } from './synthesized.ts';

const SSO = 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_x';
const CI = 'arn:aws:iam::111122223333:role/ci/issuer-*';

const STAGE = { region: 'eu-west-1', domains: { orders: {} } };

const adopting = (region: string) => ({
  region,
  domains: { orders: {} },
  workerKeys: {
    tableName: 'keys',
    kmsKeyArn: `arn:aws:kms:${region}:111122223333:key/mrk-${'0123456789abcdef'.repeat(2)}`,
    eventsTableName: 'events',
  },
});

const contextOf = (dev: object) => ({
  ...readContext(),
  ...WITHOUT_BUNDLE,
  stage: 'dev',
  stages: { dev, blue: adopting('eu-west-1'), west: adopting('us-west-2'), prod: STAGE },
});

const [limited, unlimited] = (
  await synthesizeInTurn([contextOf({ ...STAGE, workerKeys: { issuerArns: [SSO, CI] } }), contextOf(STAGE)])
).map(({ readTemplate }) => new Synthesized(readTemplate('HeartbeatRelay-dev')));

const derivationOf = (stack: Synthesized | undefined): unknown => stack?.get('AWS::KMS::Key').Properties['KeyPolicy'];

const DERIVE = { Sid: 'Derive', Effect: 'Allow', Action: 'kms:GenerateMac', Resource: '*', Principal: { AWS: root } };

describe('the key policy of a KMS key that the stack makes', () => {
  it('limits GenerateMac to the function, the functions of stages that adopt a key in its region, and the issuers', () => {
    const roles = ['dev', 'blue'].map((stage) => roleArn(`HeartbeatRelay-${stage}-eu-west-1-function`));
    const Condition = { ArnLike: { 'aws:PrincipalArn': [...roles, SSO, CI] } };
    expect(derivationOf(limited)).toMatchObject({ Statement: [{ Sid: 'Administer' }, { ...DERIVE, Condition }] });
  });

  it('leaves it to IAM without the setting', () => {
    expect(derivationOf(unlimited)).toMatchObject({ Statement: [{ Sid: 'Administer' }, DERIVE] });
    expect(JSON.stringify(derivationOf(unlimited))).not.toContain('Condition');
  });

  it('changes with the setting, and nothing else of the stack does', () => {
    const others = (stack: Synthesized | undefined) =>
      Object.entries(stack?.resources ?? {}).filter(([, { Type }]) => Type !== 'AWS::KMS::Key');
    expect(others(limited)).toEqual(others(unlimited));
    expect(limited?.idOf('AWS::KMS::Key', '')).toBe(unlimited?.idOf('AWS::KMS::Key', ''));
  });
});
