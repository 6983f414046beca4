import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { theStack } from '../lib/synthesized.ts';

const stack = await theStack();
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

const alarms = stack
  .ofType('AWS::CloudWatch::Alarm')
  .map(({ Properties }) => String(Properties['AlarmName']).replace('HeartbeatRelay-dev-', ''));

const [, ...sections] = runbook.split(/^## /m).map((text) => {
  const [name = '', ...lines] = text.split('\n');
  return { name, text: lines.join('\n') };
});

describe('the runbook', () => {
  it('has a section for every alarm, in the stack’s order, and none besides', () => {
    expect(sections.map(({ name }) => name)).toEqual(alarms);
  });

  it.each(sections)('says of $name what it means, where to look first, and the way out', ({ text }) => {
    const parts = [...text.matchAll(/^\*\*(?<part>[^*]+)\.\*\* (?<first>\S.*)$/gm)].map(
      ({ groups }) => groups?.['part'],
    );
    expect(parts).toEqual(['Meaning', 'First look', 'Way out']);
  });

  it('names as alarms only those there are', () => {
    const named = [...runbook.matchAll(/`(?<name>(?:[A-Z][a-z]+){2,})`/g)].map(({ groups }) => groups?.['name']);
    const others = ['RecordActivityTaskHeartbeat', 'TaskStates', 'KeyUsed', 'RefusalsSummed'];
    expect(named.filter((name) => ![...alarms, ...others].includes(name ?? ''))).toEqual([]);
  });

  it('asks the log for codes that the alarms count', () => {
    const asked = [...runbook.matchAll(/code = '(?<code>\w+)'/g)].map(({ groups }) => groups?.['code'] ?? '');
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((code) => !alarms.includes(code))).toEqual([]);
  });
});
