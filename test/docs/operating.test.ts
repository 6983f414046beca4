import { describe, expect, it } from 'vitest';

import { readPage } from './recordings.ts';

const page = readPage('docs/operating.md');

const { default: smallest } = await import('../lib/__snapshots__/smallest.template.json', { with: { type: 'json' } });

describe('docs/operating.md', () => {
  it('says what to remove after a first deployment that failed half-way', () => {
    const [, failed = ''] = page.split('## A first deployment that fails half-way');
    for (const fact of ['KMS key', 'ROLLBACK_FAILED', '--no-deletion-protection-enabled', 'delete-table']) {
      expect(failed).toContain(fact);
    }
  });

  it('counts the alarms', () => {
    const alarms = Object.values(smallest.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    expect(alarms).toHaveLength(22);
    expect(page).toContain('**Alarms**: twenty-two');
  });
});

describe('docs/keys.md', () => {
  it('has a row for each policy that is an output', () => {
    const outputs = Object.keys(smallest.Outputs).filter((name) => name.endsWith('PolicyArn'));
    expect(outputs).toHaveLength(3);
    for (const output of outputs) expect(readPage('docs/keys.md')).toMatch(new RegExp(`^\\| \`${output}\` \\|`, 'm'));
  });
});
