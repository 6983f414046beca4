import { describe, expect, it } from 'vitest';

import { UnknownTemplateElementError } from '../../../local/template/intrinsics.ts';
import { onlyResource, resourcesOf } from '../../../local/template/resources.ts';
import { loadTemplate, type Place, type Template } from '../../../local/template/template.ts';
import {
  aTemplate,
  BILLING_ROLE,
  FUNCTION_ROLE,
  ORDERS_ROLE,
  place,
  PRESS_ROLE,
  RESOURCES,
} from './template-source.ts';

const load = (resources: Parameters<typeof aTemplate>[0], at: Place = place): Template =>
  loadTemplate(aTemplate(resources), at);

const namesIn = ({ resources }: Template): object =>
  Object.fromEntries([...resources].map(([logicalId, { physicalId, arn }]) => [logicalId, { physicalId, arn }]));

/** Creates one table with additional or changed properties. */
const aTable = (over: object): Record<string, unknown> => ({
  Table: { ...RESOURCES.Open, Properties: { ...RESOURCES.Open.Properties, ...over } },
});

describe('loadTemplate', () => {
  it('returns every resource, with references resolved', () => {
    const { resources } = load(RESOURCES);
    expect([...resources.keys()]).toEqual(Object.keys(RESOURCES));
    expect(resources.get('FunctionRole')).toMatchObject({
      Type: 'AWS::IAM::Role',
      arn: FUNCTION_ROLE,
      Policies: [{ PolicyDocument: { Statement: [{}, { Resource: resources.get('Open')?.arn }, {}] } }],
    });
  });

  it("uses a role's name from the template, and generates the other names in CloudFormation's format", () => {
    const { resources } = load(RESOURCES);
    const roles = resourcesOf(resources, 'AWS::IAM::Role');
    expect(roles.map(({ arn }) => arn)).toEqual([FUNCTION_ROLE, ORDERS_ROLE, BILLING_ROLE, PRESS_ROLE]);
    expect(resources.get('Open')?.physicalId).toMatch(/^Relay-test-Open-[0-9A-F]{12}$/);
    expect(resources.get('MacKey')?.physicalId).toMatch(/^mrk-[0-9a-f]{32}$/);
    expect(resources.get('MacKey')?.arn).toMatch(/^arn:aws:kms:eu-west-1:111122223333:key\/mrk-/);
  });

  it('generates the same names at every start, whatever else is in the template', () => {
    const { Open, MacKey } = RESOURCES;
    expect(namesIn(load(RESOURCES))).toEqual(namesIn(load(RESOURCES)));
    expect(namesIn(load(RESOURCES))).toMatchObject(namesIn(load({ MacKey, Open })));
  });

  it('generates these names, on which the tables and keys of existing stacks depend', () => {
    expect(namesIn(load({ Open: RESOURCES.Open, MacKey: RESOURCES.MacKey }))).toMatchInlineSnapshot(`
      {
        "MacKey": {
          "arn": "arn:aws:kms:eu-west-1:111122223333:key/mrk-d4f3f799b29c60d7ac5671d4ddf791b9",
          "physicalId": "mrk-d4f3f799b29c60d7ac5671d4ddf791b9",
        },
        "Open": {
          "arn": "arn:aws:dynamodb:eu-west-1:111122223333:table/Relay-test-Open-ACCAAB10D267",
          "physicalId": "Relay-test-Open-ACCAAB10D267",
        },
      }
    `);
  });

  it('generates different names for another resource and for another stack', () => {
    const { Open } = RESOURCES;
    const ids = [load({ One: Open, Other: Open }), load({ One: Open }, { ...place, stackName: 'Relay-prod' })].flatMap(
      ({ resources }) => [...resources.values()].map(({ physicalId }) => physicalId),
    );
    expect(new Set(ids.map((id) => id.split('-').at(-1))).size).toBe(3);
  });

  it('returns the outputs once the relay’s address is known', () => {
    const Api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: 'n', Description: 'd' } };
    const { outputs, resources } = loadTemplate(
      aTemplate(
        { Api, Open: RESOURCES.Open },
        {
          Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } },
          Table: { Value: { Ref: 'Open' }, Description: 't' },
          Plain: { Value: 7 },
        },
      ),
      place,
    );
    const Table = resources.get('Open')?.physicalId;
    expect(outputs('http://127.0.0.1:1')).toEqual({ Url: 'http://127.0.0.1:1', Table, Plain: '7' });
    expect(outputs('http://127.0.0.1:2')['Url']).toBe('http://127.0.0.1:2');
  });

  it.each([
    {
      given: 'an unknown resource type',
      resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } },
      says: 'Queue has the unknown type AWS::SQS::Queue',
    },
    { given: 'an unknown property', resources: aTable({ TableClass: 'STANDARD' }), says: 'TableClass' },
    { given: 'a custom name for a table', resources: aTable({ TableName: 'orders' }), says: 'TableName' },
    { given: 'an unsupported value', resources: aTable({ BillingMode: 'PROVISIONED' }), says: 'BillingMode' },
    { given: 'a missing property', resources: aTable({ KeySchema: undefined }), says: 'KeySchema' },
    {
      given: 'an unknown nested property',
      resources: aTable({ KeySchema: [{ AttributeName: 'id', KeyType: 'HASH', Order: 1 }] }),
      says: 'Order',
    },
    {
      given: 'a dangling Ref',
      resources: aTable({ BillingMode: { Ref: 'Mode' } }),
      says: 'unknown reference: Mode',
    },
    { given: 'an unknown function', resources: aTable({ BillingMode: { 'Fn::Select': [] } }), says: 'Fn::Select' },
    {
      given: 'a route with IAM authorization',
      resources: {
        Route: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: { ApiId: 'a', AuthorizationType: 'AWS_IAM', RouteKey: '$default', Target: 't' },
        },
      },
      says: 'AuthorizationType',
    },
  ])('refuses $given', ({ resources, says }) => {
    expect(() => load(resources)).toThrow(UnknownTemplateElementError);
    expect(() => load(resources)).toThrow(says);
  });

  it.each([
    { given: 'no template', json: undefined },
    { given: 'no resources', json: { Outputs: {} } },
    { given: 'a resource without a type', json: { Resources: { A: { Properties: {} } }, Outputs: {} } },
  ])('refuses $given', ({ json }) => {
    expect(() => loadTemplate(json, place)).toThrow(UnknownTemplateElementError);
  });

  it('refuses an output with an unknown reference', () => {
    const { outputs } = loadTemplate(aTemplate({}, { Url: { Value: { Ref: 'Api' } } }), place);
    expect(() => outputs('http://127.0.0.1:1')).toThrow('unknown reference: Api');
  });
});

describe('onlyResource', () => {
  it('returns the only resource of a type', () => {
    const { Open } = RESOURCES;
    expect(onlyResource(load({ Open }).resources, 'AWS::DynamoDB::Table').physicalId).toMatch('Open');
  });

  it.each([
    { given: 'none', resources: {} },
    { given: 'two', resources: { Open: RESOURCES.Open, Closed: RESOURCES.Closed } },
  ])('refuses $given', ({ resources }) => {
    const wrong = 'the template must have exactly one AWS::DynamoDB::Table';
    expect(() => onlyResource(load(resources).resources, 'AWS::DynamoDB::Table')).toThrow(wrong);
  });
});
