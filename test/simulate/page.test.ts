import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { DOLLARS_PER_MILLION } from '../../simulate/costs.ts';
import { runJob } from '../../simulate/jobs.ts';
import { simulate } from '../../simulate/program.ts';
import { PAGE_SEED } from '../../simulate/report/page.ts';
import { PAGE_TABLES, toAttackRow, toStormRow } from '../../simulate/report/tables.ts';
import { DEFAULT_THROTTLE } from '../../simulate/scenarios/defaults.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const page = read('docs/capacity.md');

const rowsOf = (mark: string): string[] => {
  const table = page.split(`<!-- ${mark}: begin -->`)[1]?.split(`<!-- ${mark}: end -->`)[0] ?? '';
  return table.split('\n').filter((line) => line.startsWith('| `'));
};

describe('docs/capacity.md', () => {
  it('shows what the code prints: quick rows come out the same', () => {
    const run = (name: string) => runJob({ name, seed: PAGE_SEED, scale: 1 });
    const toLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    expect(rowsOf('storms')).toContain(toLine(toStormRow(run('few'))));
    expect(rowsOf('attacks')).toContain(toLine(toAttackRow(run('attack-closed-1x300'))));
  });

  it.each(PAGE_TABLES)('has a row for every scenario of the table $mark', ({ mark, scenarios }) => {
    const names = rowsOf(mark).map((row) => row.split('`')[1] ?? '');
    const expected = scenarios.map((name) => (mark === 'fleets' ? name.replace(/-\w+$/, '-*') : name));
    expect(names).toEqual([...new Set(expected)]);
  });

  it('names commands that exist', async () => {
    const commands = [...page.matchAll(/^npm run simulate -- (.*?) *(?:#.*)?$/gm)].map(([, args = '']) => args);
    expect(commands.length).toBeGreaterThanOrEqual(4);
    const printed: string[] = [];
    const output = { print: (text: string) => printed.push(text), complain: (text: string) => printed.push(text) };
    for (const command of commands.filter((args) => args !== '--write')) {
      const args = command.replaceAll("'", '').split(' ');
      expect({ command, code: await simulate([...args, '--list'], output) }).toEqual({ command, code: 0 });
    }
    expect(commands).toContain('--write');
    expect(await simulate(['--help'], output)).toBe(0);
    expect(printed.join('\n')).toContain('--write');
  });

  it('shows charts that exist, and is short', () => {
    const charts = [...page.matchAll(/\]\((capacity-[a-z]+\.svg)\)/g)].map(([, name = '']) => name);
    expect(charts).toHaveLength(2);
    expect(charts.filter((chart) => !existsSync(new URL(`docs/${chart}`, ROOT)))).toEqual([]);
    expect(page.split('\n').filter((line) => !line.startsWith('|')).length).toBeLessThanOrEqual(120);
  });
});

it('prices are those of docs/cost.md', () => {
  const { gateway, lambda, accessLog, write } = DOLLARS_PER_MILLION;
  const costs = read('docs/cost.md');
  expect(costs).toContain(`| API Gateway, HTTP API | ${gateway.toFixed(2)} |`);
  expect(costs).toContain(`${lambda.toFixed(2)} for the requests`);
  expect(costs).toContain(`| CloudWatch Logs | ${accessLog.toFixed(2)} |`);
  expect(costs).toContain(`at ${write} a million`);
});

it('the gateway’s default throttle is that of the template', () => {
  const template = z
    .object({ Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })) })
    .parse(JSON.parse(read('test/lib/__snapshots__/smallest.template.json')));
  const stages = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage');
  expect(stages.map(({ Properties }) => Properties)).toMatchObject([
    {
      DefaultRouteSettings: {
        ThrottlingRateLimit: DEFAULT_THROTTLE.ratePerSecond,
        ThrottlingBurstLimit: DEFAULT_THROTTLE.burst,
      },
    },
  ]);
});
