import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { findRemovedDomains } from '../../lib/removed-domains.ts';

/** A folder with a template in it; without one where none is given. */
function aFolder(template?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-output-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (template !== undefined) writeFileSync(join(folder, 'Relay-prod.template.json'), template);
  return folder;
}

const aTemplate = (variables: unknown): string =>
  JSON.stringify({
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table' },
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'relay' } },
      Function: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: variables } } },
    },
  });

const declaring = (...domains: unknown[]): string => aTemplate({ RELAY_DOMAINS: JSON.stringify(domains) });

describe('findRemovedDomains', () => {
  it.each([
    { given: 'one is gone', before: declaring('orders', 'billing'), after: ['orders'], found: ['billing'] },
    {
      given: 'those elsewhere are gone',
      before: declaring({ name: 'orders', region: 'us-east-1' }, { name: 'billing', roleArn: 'arn' }),
      after: ['press'],
      found: ['orders', 'billing'],
    },
    {
      given: 'one has moved',
      before: declaring({ name: 'orders', region: 'us-east-1' }),
      after: ['orders'],
      found: [],
    },
    { given: 'one is new', before: declaring('orders'), after: ['orders', 'press'], found: [] },
    { given: 'case differs, as to SWF', before: declaring('Orders'), after: ['orders'], found: ['Orders'] },
    { given: 'there was no template', before: undefined, after: ['orders'], found: [] },
    { given: 'the template is another’s', before: aTemplate({ OTHER: '1' }), after: ['orders'], found: [] },
    { given: 'the template is half written', before: declaring('billing').slice(0, -9), after: ['orders'], found: [] },
    { given: 'its domains are not ours', before: aTemplate({ RELAY_DOMAINS: '{' }), after: ['orders'], found: [] },
    { given: 'it holds no resources', before: '{}', after: ['orders'], found: [] },
  ])('finds $found where $given', ({ before, after, found }) => {
    expect(findRemovedDomains(aFolder(before), 'Relay-prod', after)).toEqual(found);
  });

  it('looks at no other stack’s template', () => {
    expect(findRemovedDomains(aFolder(declaring('billing')), 'Relay-dev', [])).toEqual([]);
  });
});
