import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../simulate/simulate.ts', import.meta.url));

const simulate = (...args: string[]): string =>
  execFileSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', stdio: 'pipe' });

describe('npm run simulate', () => {
  it('prints an object per line and scenario, the same for the same seed', () => {
    const args = ['--scenario', 'quiet', 'attack-junk-1x300', '--minutes', '1', '--scale', '10', '--output', 'json'];
    const lines = simulate(...args, '--seed', '3')
      .trim()
      .split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { scenario: 'quiet', seed: 3, minutes: 1, groups: [{ group: 'storm' }] },
      { scenario: 'attack-junk-1x300', seed: 3, groups: [{ group: 'orders' }, { group: 'billing' }] },
    ]);
    expect(
      simulate(...args, '--seed', '3')
        .trim()
        .split('\n'),
    ).toEqual(lines);
  });

  it('prints tables for people, and the list of its scenarios', () => {
    expect(simulate('--scenario', 'quiet', '--minutes', '1')).toMatch(/quiet: 1,000 tasks[^]* 0 of \d+ tasks lost/);
    expect(simulate('--list')).toMatch(/^storm .*paced\n/m);
  });

  it.each([
    { args: ['--scenario', 'no-such'], says: 'No scenario has such a name' },
    { args: ['--seed', 'x'], says: 'whole number' },
    { args: ['--scale', '0'], says: '1 or more' },
    { args: ['--output', 'yaml'], says: 'Allowed choices are text, json' },
  ])('refuses $args', ({ args, says }) => {
    expect(() => simulate(...args)).toThrow(says);
  });
});
