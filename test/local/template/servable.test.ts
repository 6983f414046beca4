import { describe, expect, it } from 'vitest';

import { SettingsError } from '../../../lib/settings.ts';
import { UnknownTemplateElementError } from '../../../local/template/intrinsics.ts';
import { onlyResource } from '../../../local/template/resources.ts';
import { assertServable } from '../../../local/template/servable.ts';
import { loadTemplate } from '../../../local/template/template.ts';
import { aTemplate, type Json, place, RESOURCES } from './template-source.ts';

const DOCUMENT = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'dynamodb:Scan', Resource: '*' }] };

const aPolicy = (over: Json = {}): Json => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { Description: 'p', Path: '/', PolicyDocument: DOCUMENT, ...over },
});
const anAlarm: Json = { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'Relay-test-Fault', Threshold: 1 } };
const aDomainName: Json = { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: 'relay.example.com' } };

const { MacKey, Open } = RESOURCES;

/** As the setting `issuerArns` makes it. */
const LIMITED = {
  Effect: 'Allow',
  Action: 'kms:GenerateMac',
  Resource: '*',
  Principal: { AWS: 'arn:aws:iam::111122223333:root' },
  Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/issuer' } },
};
const aLimitedKey: Json = {
  Type: 'AWS::KMS::Key',
  Properties: {
    KeySpec: 'HMAC_256',
    KeyUsage: 'GENERATE_VERIFY_MAC',
    Description: 'd',
    MultiRegion: true,
    PendingWindowInDays: 30,
    KeyPolicy: { Version: '2012-10-17', Statement: [LIMITED] },
  },
};

describe('a template with monitoring resources', () => {
  it('loads, whatever their properties are', () => {
    const dashboard = { 'Fn::Join': ['', ['[', { 'Fn::GetAtt': ['Alarm', 'Arn'] }, ']']] };
    const { resources } = loadTemplate(
      aTemplate({
        Alarm: anAlarm,
        Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: dashboard } },
        Filter: { Type: 'AWS::Logs::MetricFilter', Properties: { FilterPattern: '{ $.a = 1 }' } },
        Query: { Type: 'AWS::Logs::QueryDefinition', Properties: { QueryString: 'fields a' } },
      }),
      place,
    );
    expect([...resources.keys()]).toEqual(['Alarm', 'Dashboard', 'Filter', 'Query']);
    expect(onlyResource(resources, 'AWS::CloudWatch::Dashboard')).toMatchObject({
      DashboardBody: '[arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Relay-test-Fault]',
    });
  });

  it('is refused if one of them has an unknown reference', () => {
    const Dashboard = { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: { Ref: 'Gone' } } };
    expect(() => loadTemplate(aTemplate({ Dashboard }), place)).toThrow('unknown reference: Gone');
  });
});

describe('a managed policy', () => {
  it('has its ARN as physical id, as in CloudFormation', () => {
    const { resources, outputs } = loadTemplate(
      aTemplate({ Policy: aPolicy() }, { Arn: { Value: { Ref: 'Policy' } } }),
      place,
    );
    const { arn, physicalId } = onlyResource(resources, 'AWS::IAM::ManagedPolicy');
    expect(arn).toMatch(/^arn:aws:iam::111122223333:policy\/Relay-test-Policy-[0-9A-F]{12}$/);
    expect([physicalId, outputs('')['Arn']]).toEqual([arn, arn]);
  });

  it.each([{ over: { Roles: ['relay'] } }, { over: { Path: '/team/' } }])('is refused with $over', ({ over }) => {
    expect(() => loadTemplate(aTemplate({ Policy: aPolicy(over) }), place)).toThrow(UnknownTemplateElementError);
  });
});

describe('assertServable', () => {
  const problemsOf = (resources: Json, region = place.region): readonly string[] => {
    try {
      assertServable(loadTemplate(aTemplate(resources), { ...place, region }));
    } catch (error) {
      if (error instanceof SettingsError) return error.problems;
      throw error;
    }
    return [];
  };
  const says = (setting: string): unknown =>
    expect.stringMatching(`^${setting}: refers to a resource that exists only in AWS`);

  it.each([
    { given: 'keys of its own', resources: { MacKey, Open }, problems: [] },
    { given: 'adopted keys', resources: { Open }, problems: [says('workerKeys')] },
    { given: 'issuers', resources: { MacKey: aLimitedKey, Open }, problems: [says('workerKeys.issuerArns')] },
    { given: 'a custom domain', resources: { MacKey, aDomainName }, problems: [says('customDomain')] },
    { given: 'both', resources: { aDomainName }, problems: [says('customDomain'), says('workerKeys')] },
  ])('checks a template with $given', ({ resources, problems }) => {
    expect(problemsOf(resources)).toEqual(problems);
  });

  it.each([
    { region: 'cn-north-1', partition: 'aws-cn' },
    { region: 'us-gov-west-1', partition: 'aws-us-gov' },
    { region: 'eusc-de-east-1', partition: 'aws-eusc' },
  ])('refuses a stage in $region, whose ARNs are not those of this machine', ({ region, partition }) => {
    expect(problemsOf({ MacKey, Open }, region)).toEqual([
      `region: ${region} is in the partition ${partition}, and npm start plays only regions of aws`,
    ]);
  });
});
