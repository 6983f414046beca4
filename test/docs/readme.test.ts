import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { ERROR_CLASSES as errors } from '../lambda/error-classes.ts';
import { HEARTBEAT_SECONDS } from '../../lambda/environment.ts';
import { toDomainRate, toKeyRate } from '../../lambda/share/rate.ts';
import { parseSettings } from '../../lib/settings.ts';
import { stageSchema } from '../../lib/stage-schema.ts';
import { readme, recordingOf } from './recordings.ts';

/** `code` and `status` of every row, read off an instance of each class. */
const rows = [
  new errors.MalformedRequestError('x'),
  new errors.InvalidTaskTokenError('x'),
  new errors.RequestTooLargeError('x'),
  new errors.MethodNotAllowedError(['GET']),
  new errors.UnknownOperationError('x'),
  new errors.NotFoundError('x'),
  new errors.TaskUnknownError('x'),
  new errors.UnauthenticatedError('no-proof'),
  new errors.DomainNotGrantedError('x'),
  new errors.DomainNotNamedError('x'),
  new errors.TaskNotInDomainError('x'),
  new errors.TaskNotOpenError('Unknown activity'),
  new errors.SwfThrottledError('x'),
  new errors.KeyThrottledError('x'),
  new errors.DomainThrottledError('x'),
  new errors.SwfUnavailableError('x'),
  new errors.SwfResourceUnknownError('x'),
  new errors.WrongEndpointError('x'),
  new errors.AuthenticationUnavailableError('x'),
  new errors.CacheUnavailableError('x'),
  new errors.RelayMisconfiguredError('x'),
  new errors.InternalError('x'),
];

describe('the README', () => {
  it('has every class of error in its table', () => {
    expect(new Set(rows.map((row) => row.constructor))).toEqual(new Set(Object.values(errors)));
  });

  it.each(rows.map((row) => ({ code: row.code, status: row.status })))('lists $status $code', ({ code, status }) => {
    const line = readme.split('\n').find((text) => text.startsWith(`| ${status} |`) && text.includes(`\`${code}\``));
    expect(line).toBeDefined();
  });

  it('begins with the command that runs it and the command that tests it', () => {
    expect(readme.split('\n').slice(0, 12).join('\n')).toMatch(/npm ci && npm start[^]*npm ci && npm test/);
  });

  it('names only commands that package.json has', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    const named = [...readme.matchAll(/npm (?:run (?:-s )?)?(?<name>[a-z]+)/g)].map(
      ({ groups }) => groups?.['name'] ?? '',
    );
    const scripts = new Set([...Object.keys(manifest.scripts), 'ci', 'may', 'and']);
    expect(named.filter((name) => !scripts.has(name))).toEqual([]);
  });

  it('records each of the four steps', () => {
    expect(recordingOf('steps')).toHaveLength(4);
  });
});

describe('what the README says of pacing and rates', () => {
  it('has a row for a heartbeat that is not due', () => {
    expect(readme).toMatch(/^\| 200 \| `Paced` \| 200 \|/m);
  });

  it('names the members, headers, settings and default rates', () => {
    const named = [
      'heartbeatTimeoutSeconds',
      'nextHeartbeatSeconds',
      'x-relay-heartbeat-timeout',
      'x-relay-next-heartbeat',
      'x-relay-accepted-at',
      `from ${HEARTBEAT_SECONDS.min} to ${HEARTBEAT_SECONDS.max}`,
      `"perSecond": ${toDomainRate().perSecond}, "burst": ${toDomainRate().burst}`,
      `--rate ${toKeyRate().perSecond}`,
    ];
    expect(named.filter((name) => !readme.includes(name))).toEqual([]);
  });
});

describe('what the README says of deploying', () => {
  it('has a row for every setting, and for nothing else', () => {
    const [, table = ''] = readme.split('| setting | |\n|---|---|\n');
    const listed = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| `(?<name>\w+)` \|/gm)].map(
      ({ groups }) => groups?.['name'],
    );
    expect(new Set(listed)).toEqual(new Set(Object.keys(stageSchema({ region: 'eu-west-1' }).shape)));
  });

  it('says when to use /aws/vendedlogs/, and what to remove after a first deployment that failed half-way', () => {
    const paragraphs = readme.split('\n\n');
    const logGroups = paragraphs.find((text) => text.startsWith('**Names of log groups**'));
    for (const fact of ['"logGroupPrefix": "/aws/vendedlogs/"', 'many HTTP APIs', '5,120 characters', 'replaces']) {
      expect(logGroups).toContain(fact);
    }
    const failed = paragraphs.findIndex((text) => text.startsWith('**A first deployment that fails half-way**'));
    for (const fact of ['KMS key', 'ROLLBACK_FAILED', '--no-deletion-protection-enabled', 'delete-table']) {
      expect(paragraphs.slice(failed, failed + 2).join('\n')).toContain(fact);
    }
  });

  it('counts the alarms, and what they cost', async () => {
    const { default: snapshot } = await import('../lib/__snapshots__/smallest.template.json', {
      with: { type: 'json' },
    });
    const alarms = Object.values(snapshot.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    expect(alarms).toHaveLength(22);
    expect(readme).toContain('**Alarms**: twenty-two');
    expect(readme).toContain(`${(alarms.length * 0.1).toFixed(2)} for the alarms`);
  });

  it('shows stages that can be synthesized', () => {
    const block = /```json\n(?<stages>"stages": [^]*?)\n```/.exec(readme)?.groups?.['stages'];
    const { stages } = z.object({ stages: z.unknown() }).parse(JSON.parse(`{${block}}`));
    expect(parseSettings({ stage: 'prod', stages, domains: undefined })).toMatchObject({ region: 'eu-west-1' });
    expect(parseSettings({ stage: undefined, stages, domains: undefined })).toMatchObject({ stage: 'dev' });
  });

  it('shows issuers that a stage takes', () => {
    const block = /```json\n(?<setting>"workerKeys": \{ "issuerArns"[^]*?)\n```/.exec(readme)?.groups?.['setting'];
    const setting = z.object({ workerKeys: z.unknown() }).parse(JSON.parse(`{${block}}`));
    const stages = { prod: { region: 'eu-west-1', domains: { orders: {} }, ...setting } };
    expect(parseSettings({ stage: 'prod', stages, domains: undefined })).toMatchObject(setting);
  });

  it('has a row for each policy that is an output', async () => {
    const { default: snapshot } = await import('../lib/__snapshots__/smallest.template.json', {
      with: { type: 'json' },
    });
    const outputs = Object.keys(snapshot.Outputs).filter((name) => name.endsWith('PolicyArn'));
    expect(outputs).toHaveLength(3);
    for (const output of outputs) expect(readme).toMatch(new RegExp(`^\\| \`${output}\` \\|`, 'm'));
  });

  it('adds the costs up', () => {
    const [ofOneHeartbeat = ''] = readme.split('A batch of 50');
    const amounts = [...ofOneHeartbeat.matchAll(/^\| [^|]+ \| (?:about )?(?<dollars>\d\.\d\d) \|/gm)].map(
      ({ groups }) => Number(groups?.['dollars']),
    );
    expect(amounts).toHaveLength(8);
    const sum = amounts.slice(0, -1).reduce((total, amount) => total + amount, 0);
    expect(sum).toBeCloseTo(amounts.at(-1) ?? 0, 5);
    const beatsOfAThousand = (1000 * 30 * 86_400) / 30 / 1e6;
    expect(readme).toContain(`make ${Math.round(beatsOfAThousand)} million beats`);
    expect(readme).toContain(`about ${Math.round(beatsOfAThousand * sum)}.`);
  });
});
