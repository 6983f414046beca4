import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { parseSettings } from '../../lib/settings.ts';
import { toTrustPolicies } from '../../lib/trust-policy.ts';

const ROLE = 'arn:aws:iam::222222222222:role/relay';

function printed(domains: object, region = 'eu-west-1'): string {
  const stages = { dev: { region, domains } };
  return toTrustPolicies(parseSettings({ stage: undefined, stages, domains: undefined }), 'relay-function');
}

const POLICY = z.looseObject({ Statement: z.tuple([z.looseObject({ Condition: z.unknown() })]) });

const conditionsIn = (text: string): unknown[] =>
  [...text.matchAll(/^\{\n[^]*?\n\}$/gm)].map(([policy]) => POLICY.parse(JSON.parse(policy)).Statement[0].Condition);

describe('the trust policy to paste into another account', () => {
  it('is none where every role is the stack’s', () => {
    expect(printed({ orders: {}, billing: { region: 'us-east-1' } })).toBe('');
  });

  it('comes once for a role that two domains share, with each external id', () => {
    const text = printed({
      orders: { roleArn: ROLE, externalId: 'e-1' },
      billing: { roleArn: ROLE, externalId: 'e-2' },
      press: { roleArn: ROLE, externalId: 'e-1' },
    });
    expect(conditionsIn(text)).toMatchObject([{ StringEquals: { 'sts:ExternalId': ['e-1', 'e-2'] } }]);
  });

  it('asks for no external id where none is set', () => {
    const [condition, ...others] = conditionsIn(printed({ orders: { roleArn: ROLE } }));
    expect(others).toEqual([]);
    expect(condition).toEqual({
      ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::<account of the stack>:role/relay-function' },
    });
  });

  it('comes for each role, in the role’s own partition', () => {
    const [one, other] = ['arn:aws-cn:iam::222222222222:role/relay', 'arn:aws-cn:iam::333333333333:role/team/relay'];
    const text = printed({ orders: { roleArn: one }, billing: { roleArn: other } }, 'cn-north-1');
    expect(text).toContain(`In account 222222222222, ${one} needs`);
    expect(text).toContain(`In account 333333333333, ${other} needs`);
    expect(text).toContain('"arn:aws-cn:iam::<account of the stack>:root"');
    expect(conditionsIn(text)).toHaveLength(2);
  });
});
