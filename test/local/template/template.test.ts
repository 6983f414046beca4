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

/** One table with properties besides, or instead. */
const aTable = (over: object): Record<string, unknown> => ({
  Table: { ...RESOURCES.Open, Properties: { ...RESOURCES.Open.Properties, ...over } },
});

describe('loadTemplate', () => {
  it('gives every resource, with references resolved', () => {
    const { resources } = load(RESOURCES);
    expect([...resources.keys()]).toEqual(Object.keys(RESOURCES));
    expect(resources.get('FunctionRole')).toMatchObject({
      Type: 'AWS::IAM::Role',
      arn: FUNCTION_ROLE,
      Policies: [{ PolicyDocument: { Statement: [{}, { Resource: resources.get('Open')?.arn }, {}] } }],
    });
  });

  it('names a role as the template does, and what has no name of its own as CloudFormation would', () => {
    const { resources } = load(RESOURCES);
    const roles = resourcesOf(resources, 'AWS::IAM::Role');
    expect(roles.map(({ arn }) => arn)).toEqual([FUNCTION_ROLE, ORDERS_ROLE, BILLING_ROLE, PRESS_ROLE]);
    expect(resources.get('Open')?.physicalId).toMatch(/^Relay-test-Open-[0-9A-F]{12}$/);
    expect(resources.get('MacKey')?.physicalId).toMatch(/^mrk-[0-9a-f]{32}$/);
    expect(resources.get('MacKey')?.arn).toMatch(/^arn:aws:kms:eu-west-1:111122223333:key\/mrk-/);
  });

  it('gives the same names at every start, whatever else is in the template', () => {
    const { Open, MacKey } = RESOURCES;
    expect(namesIn(load(RESOURCES))).toEqual(namesIn(load(RESOURCES)));
    expect(namesIn(load(RESOURCES))).toMatchObject(namesIn(load({ MacKey, Open })));
  });

  it('has given these names to stacks that were started, whose tables and keys hang on them', () => {
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

  it('gives other names to another resource and in another stack', () => {
    const { Open } = RESOURCES;
    const ids = [load({ One: Open, Other: Open }), load({ One: Open }, { ...place, stackName: 'Relay-prod' })].flatMap(
      ({ resources }) => [...resources.values()].map(({ physicalId }) => physicalId),
    );
    expect(new Set(ids.map((id) => id.split('-').at(-1))).size).toBe(3);
  });

  it('gives the outputs once the relay’s address is known', () => {
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
      says: 'Queue is a AWS::SQS::Queue, which is not known',
    },
    { given: 'an unknown property', resources: aTable({ SSESpecification: {} }), says: 'SSESpecification' },
    { given: 'a name of its own for a table', resources: aTable({ TableName: 'orders' }), says: 'TableName' },
    { given: 'a value that is not run', resources: aTable({ BillingMode: 'PROVISIONED' }), says: 'BillingMode' },
    { given: 'a missing property', resources: aTable({ KeySchema: undefined }), says: 'KeySchema' },
    {
      given: 'an unknown property inside',
      resources: aTable({ KeySchema: [{ AttributeName: 'id', KeyType: 'HASH', Order: 1 }] }),
      says: 'Order',
    },
    {
      given: 'a dangling Ref',
      resources: aTable({ BillingMode: { Ref: 'Mode' } }),
      says: 'nothing here is called Mode',
    },
    { given: 'an unknown function', resources: aTable({ BillingMode: { 'Fn::Select': [] } }), says: 'Fn::Select' },
    {
      given: 'a route that would ask for IAM',
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

  it('refuses an output that refers to nothing', () => {
    const { outputs } = loadTemplate(aTemplate({}, { Url: { Value: { Ref: 'Api' } } }), place);
    expect(() => outputs('http://127.0.0.1:1')).toThrow('nothing here is called Api');
  });
});

describe('onlyResource', () => {
  it('gives the one there is', () => {
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
