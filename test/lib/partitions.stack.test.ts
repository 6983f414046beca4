import { RegionInfo } from 'aws-cdk-lib/region-info';
import { describe, expect, it } from 'vitest';

import { readContext } from '../../local/assembly.ts';
import { type Synthesis, synthesizeInTurn, WITHOUT_BUNDLE } from './synthesis.ts';

const REGIONS = ['eu-west-1', 'cn-north-1', 'us-gov-west-1', 'us-iso-east-1', 'us-isob-east-1', 'eusc-de-east-1'];

interface Partition {
  readonly partition: string;
  readonly region: string;
  readonly domainSuffix: string;
}

const partitions = REGIONS.map((region): Partition => {
  const { partition = '', domainSuffix = '' } = RegionInfo.get(region);
  return { partition, region, domainSuffix };
});

/** A stage with every kind of resource that the stack creates. Its ARNs and regions are in the stage's partition. */
function toStage({ partition, region }: Partition) {
  const own = (service: string, resource: string): string => `arn:${partition}:${service}:${resource}`;
  return {
    region,
    domains: {
      orders: { region, operations: ['heartbeat', 'complete', 'fail', 'cancel'] },
      billing: { roleArn: own('iam', ':222222222222:role/relay'), externalId: 'e-7' },
    },
    customDomain: {
      name: 'relay.example.com',
      certificateArn: own('acm', `${region}:111122223333:certificate/6f3a-1`),
      hostedZone: { id: 'Z0123456789', name: 'example.com' },
    },
    encryptionKeyArn: own('kms', `${region}:111122223333:key/0123abcd-0123-0123-0123-0123456789ab`),
    okActions: true,
    canary: true,
    retainLogs: true,
    runbookUrl: 'https://wiki.example.com/relay',
    roles: { path: '/relay/', namePrefix: 'corp-' },
    alarmTopicArn: own('sns', `${region}:111122223333:on-call`),
    // Two KMS keys.
    workerKeys: { macKeyGenerations: 2, issuerArns: [own('iam', ':111122223333:role/issuer')], stream: true },
    reservedConcurrency: 50,
    logGroupPrefix: '/aws/vendedlogs/',
  };
}

const syntheses = await synthesizeInTurn(
  partitions.map((partition) => ({
    context: { ...readContext(), ...WITHOUT_BUNDLE, stage: 'prod', stages: { prod: toStage(partition) } },
  })),
  'validated',
);

const rows = partitions.map(({ partition, region, domainSuffix }, index) => {
  const synthesis = syntheses[index];
  if (synthesis === undefined) throw new Error(`${region} was not synthesized`);
  return { partition, region, domainSuffix, synthesis };
});

/** The host names of every partition, longest first: one is the beginning of another. */
const SUFFIXES = [...new Set(RegionInfo.regions.map(({ domainSuffix = '' }) => domainSuffix))].sort(
  (one, other) => other.length - one.length,
);

/** AWS names services alike in all partitions when they are principals. */
const PRINCIPAL = /"(?:lambda|apigateway|events)\.amazonaws\.com"/g;

const toText = ({ readTemplate }: Synthesis): string => JSON.stringify(readTemplate('HeartbeatRelay-prod'));

it('one stage in each of the partitions aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b and aws-eusc is tested', () => {
  const names = rows.map(({ partition }) => partition);
  expect(names).toEqual(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-eusc']);
});

describe.each(rows)('a stage in $partition ($region)', ({ partition, domainSuffix, synthesis }) => {
  it('synthesizes cleanly, cdk-nag included', () => {
    expect(synthesis.exitCode).toBe(0);
    expect(synthesis.stderr).not.toMatch(/^(?:ERROR|WARNING)/m);
    expect(synthesis.stdout).toBe('');
  });

  it('names no ARN of another partition, in the template and in what synthesis prints', () => {
    const named = `${toText(synthesis)}${synthesis.stderr}`.matchAll(/arn:(?<partition>[a-z-]+):/g);
    expect(new Set(Array.from(named, ({ groups }) => groups?.['partition']))).toEqual(new Set([partition]));
  });

  it('names no host of another partition', () => {
    const escaped = SUFFIXES.map((suffix) => suffix.replaceAll('.', String.raw`\.`));
    const hosts =
      toText(synthesis)
        .replaceAll(PRINCIPAL, '')
        .match(new RegExp(escaped.join('|'), 'g')) ?? [];
    expect(hosts.filter((host) => host !== domainSuffix)).toEqual([]);
  });
});
