import { describe, expect, it } from 'vitest';

import { simulate } from '../../simulate/program.ts';

/** As the npm script does it, but in this process. */
async function run(...args: string[]): Promise<{ code: number; printed: string[]; complained: string }> {
  const [printed, complained]: [string[], string[]] = [[], []];
  const output = { print: (text: string) => printed.push(text), complain: (text: string) => complained.push(text) };
  const code = await simulate(args, output);
  return { code, printed, complained: complained.join('\n') };
}

describe('npm run simulate', () => {
  it('runs scenarios in threads, and prints an object per line, the same for the same seed', async () => {
    const args = ['few', 'attack-junk-1x300', '--minutes', '1', '--scale', '10', '--output', 'json', '--seed', '3'];
    const { code, printed } = await run(...args);
    expect(code).toBe(0);
    expect(printed.map((line): unknown => JSON.parse(line))).toMatchObject([
      { scenario: 'few', seed: 3, minutes: 1, groups: [{ group: 'storm' }] },
      { scenario: 'attack-junk-1x300', seed: 3, groups: [{ group: 'orders' }, { group: 'billing' }] },
    ]);
    expect((await run('few', ...args.slice(2))).printed).toEqual(printed.slice(0, 1));
  });

  it('prints lines for people, and the list of its scenarios', async () => {
    expect((await run('few', '--minutes', '1')).printed.join('\n')).toMatch(
      /^few: 1,000 tasks[^]* 0 of [\d,]+ tasks lost/,
    );
    const { printed } = await run('outage-*', '--list');
    expect(printed).toHaveLength(12);
    expect(printed[0]).toMatch(/^outage-hang-quarter +as storm; SWF does not answer/);
  });

  it.each([
    { args: ['no-such'], says: 'no scenario has such a name' },
    { args: ['--seed', 'x'], says: 'whole number' },
    { args: ['--scale', '0'], says: '1 or more' },
    { args: ['--output', 'yaml'], says: 'Allowed choices are text, json' },
    { args: ['few', '--write'], says: '--write takes no names' },
    { args: ['--write', '--seed', '2'], says: 'cannot be used with' },
  ])('refuses $args', async ({ args, says }) => {
    const { code, complained } = await run(...args);
    expect(complained).toContain(says);
    expect(code).toBe(2);
  });
});
