import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { runProgram } from '../cli/fake-terminal.ts';
import { theStack } from '../lib/synthesized.ts';

const stack = await theStack();
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

const alarms = stack
  .ofType('AWS::CloudWatch::Alarm')
  .map(({ Properties }) => String(Properties['AlarmName']).replace('HeartbeatRelay-dev-', ''))
  // Only with the setting `canary`.
  .concat('CanaryFailed');

const [ofAlarms = '', procedures = ''] = runbook.split(/^# Procedures$/m);

const [, ...sections] = ofAlarms.split(/^## /m).map((text) => {
  const [name = '', ...lines] = text.split('\n');
  return { name, text: lines.join('\n') };
});

/** The commands for worker keys that the procedures show, in words. */
const commands = [...procedures.matchAll(/^ *npm run keys -- (?<command>.*)$/gm)].map(
  ({ groups }) => groups?.['command']?.split(' ') ?? [],
);

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
    const others = [
      'RecordActivityTaskHeartbeat',
      'TaskStates',
      'RelayLogs',
      'AccessLogs',
      'KeyUsed',
      'RefusalsSummed',
      'HeartbeatsSummed',
      'RateLimits',
      'TimeoutError',
      'FunctionName',
      'WorkerKeysTable',
      'WorkerKeysMacKey',
      'KeyEventsTable',
      'GenerateMac',
    ];
    expect(named.filter((name) => ![...alarms, ...others].includes(name ?? ''))).toEqual([]);
  });

  it.each(commands.map((words) => ({ words })))(
    'shows a command with options that it has: $words',
    async ({ words }) => {
      const [verb = '', ...others] = words;
      const { stdout } = await runProgram(['keys', verb, '--help']);
      for (const option of others.filter((word) => word.startsWith('--'))) expect(stdout).toContain(` ${option} `);
    },
  );

  it('replaces the KMS key in the order that loses no heartbeat', () => {
    const steps = [
      '"macKeyGenerations": 2 }',
      'rotate --all',
      'list --mac-key earlier',
      '"macKeyGenerations": [2] }',
      'Disable it',
    ];
    const places = steps.map((step) => procedures.indexOf(step));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it('asks the log for codes that the alarms count', () => {
    const asked = [...runbook.matchAll(/code = '(?<code>\w+)'/g)].map(({ groups }) => groups?.['code'] ?? '');
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((code) => !alarms.includes(code))).toEqual([]);
  });
});
