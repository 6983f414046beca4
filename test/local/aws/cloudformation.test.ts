import { CloudFormationClient, DescribeStacksCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';

import { place } from '../template/template-source.ts';
import { anEndpoint, apis, type CallerName, clientOf, inForce } from './aws-endpoint.ts';

const { stackName } = place;
const stackArn = `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${stackName}/local`;

async function aCloudFormation(who: CallerName = 'operator') {
  const realm = inForce();
  const { credentials, caller } = realm;
  const relay = { url: 'http://127.0.0.1:1' };
  const outputs = () => ({ RelayUrl: relay.url, Table: 'a & <b>' });
  const endpoint = await anEndpoint(realm, [apis.cloudformation(realm, { stackName, stackArn, outputs })]);
  const client = new CloudFormationClient(clientOf(endpoint, credentials.issueSession(caller(who))));
  const describeStacks = (StackName?: string) =>
    client.send(new DescribeStacksCommand(StackName === undefined ? {} : { StackName }));
  return { client, describeStacks, relay };
}

describe('DescribeStacks', () => {
  it.each([
    { by: 'its name', asked: stackName },
    { by: 'its ARN', asked: stackArn },
    { by: 'nothing, because it is the only one', asked: undefined },
  ])('finds the stack by $by', async ({ asked }) => {
    const { describeStacks } = await aCloudFormation();
    const { Stacks } = await describeStacks(asked);
    expect(Stacks).toHaveLength(1);
    expect(Stacks?.[0]).toMatchObject({
      StackName: stackName,
      StackId: stackArn,
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [
        { OutputKey: 'RelayUrl', OutputValue: 'http://127.0.0.1:1' },
        { OutputKey: 'Table', OutputValue: 'a & <b>' },
      ],
    });
  });

  it('returns the current outputs', async () => {
    const { describeStacks, relay } = await aCloudFormation();
    relay.url = 'http://127.0.0.1:2';
    const { Stacks } = await describeStacks();
    expect(Stacks?.[0]?.Outputs?.[0]).toEqual({ OutputKey: 'RelayUrl', OutputValue: 'http://127.0.0.1:2' });
  });

  it('refuses another stack with CloudFormation’s error', async () => {
    const { describeStacks } = await aCloudFormation();
    const fault = { name: 'ValidationError', message: 'Stack with id Other does not exist' };
    await expect(describeStacks('Other')).rejects.toMatchObject(fault);
  });

  it('is denied to a caller whom no policy allows it', async () => {
    const { describeStacks } = await aCloudFormation('function');
    await expect(describeStacks(stackName)).rejects.toThrow('no identity-based policy allows');
  });

  it('is the only operation', async () => {
    const { client } = await aCloudFormation();
    await expect(client.send(new ListStacksCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' });
  });
});
