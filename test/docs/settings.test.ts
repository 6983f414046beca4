import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { toDomainRate } from '../../lambda/share/rate.ts';
import { parseSettings } from '../../lib/settings.ts';
import { stageSchema } from '../../lib/stage-schema.ts';
import { readPage } from './recordings.ts';

const page = readPage('docs/settings.md');

/** The names in the first column of the table that begins with these two lines. */
function namesIn(head: string): (string | undefined)[] {
  const [, table = ''] = page.split(`${head}\n|---|---|\n`);
  const rows = (table.split('\n\n')[0] ?? '').split('\n');
  const cells = rows.map((row) => row.split(' | ')[0] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`(?<name>\w+)`/g)].map(({ groups }) => groups?.['name']));
}

describe('docs/settings.md', () => {
  it('has a row for every setting, and for nothing else', () => {
    expect(new Set(namesIn('| setting | |'))).toEqual(new Set(Object.keys(stageSchema({ region: 'eu-west-1' }).shape)));
  });

  it('has a row for every member of a domain, with its default rate', () => {
    const settings = {
      region: 'eu-west-1',
      roleArn: 'arn:aws:iam::222222222222:role/relay',
      externalId: 'e-7',
      operations: ['heartbeat'],
      heartbeatTimeoutSeconds: 300,
      nextHeartbeatSeconds: 100,
      rate: { perSecond: 80 },
    };
    expect(new Set(namesIn('| member | meaning |'))).toEqual(new Set(Object.keys(settings)));
    const stages = { prod: { region: 'eu-west-1', domains: { orders: settings } } };
    expect(parseSettings({ stage: 'prod', stages, domains: undefined })).toBeDefined();
    const { perSecond, burst } = toDomainRate();
    expect(page).toContain(`{ "perSecond": ${perSecond}, "burst": ${burst} }\` unless set`);
  });

  it('says when to use /aws/vendedlogs/', () => {
    const logGroups = page.split('\n\n').find((text) => text.startsWith('**Names of log groups**'));
    for (const fact of ['"logGroupPrefix": "/aws/vendedlogs/"', 'many HTTP APIs', '5,120 characters', 'replaces']) {
      expect(logGroups).toContain(fact);
    }
  });

  it('shows stages that can be synthesized', () => {
    const block = /```json\n(?<stages>"stages": [^]*?)\n```/.exec(page)?.groups?.['stages'];
    const { stages } = z.object({ stages: z.unknown() }).parse(JSON.parse(`{${block}}`));
    expect(parseSettings({ stage: 'prod', stages, domains: undefined })).toMatchObject({ region: 'eu-west-1' });
    expect(parseSettings({ stage: undefined, stages, domains: undefined })).toMatchObject({ stage: 'dev' });
  });

  it('shows issuers that a stage takes', () => {
    const block = /```json\n(?<setting>"workerKeys": \{ "issuerArns"[^]*?)\n```/.exec(page)?.groups?.['setting'];
    const setting = z.object({ workerKeys: z.unknown() }).parse(JSON.parse(`{${block}}`));
    const stages = { prod: { region: 'eu-west-1', domains: { orders: {} }, ...setting } };
    expect(parseSettings({ stage: 'prod', stages, domains: undefined })).toMatchObject(setting);
  });
});
