import { DescribeDomainCommand, ListDomainsCommand, RegisterDomainCommand, SWFClient } from '@aws-sdk/client-swf';
import { describe, expect, it } from 'vitest';

import { parsePolicy } from '../../../local/aws/iam/parse-policy.ts';
import { place } from '../template/template-source.ts';
import { clientOf } from './aws-endpoint.ts';
import { aScene, register, type Scene } from './task-scene.ts';

const arnOf = (domain: string): string => `arn:aws:swf:${place.region}:${place.accountId}:/domain/${domain}`;

const LIST = new ListDomainsCommand({ registrationStatus: 'REGISTERED' });

/** A client of a user with one statement, which allows all actions of SWF on one resource. */
function limitedTo(scene: Scene, resource: string): SWFClient {
  const { access, credentials, caller } = scene;
  const policy = parsePolicy('identity', 'limited', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'swf:*', Resource: resource }],
  });
  const { realm, ...operator } = caller('operator');
  const user = { ...operator, realm: { ...realm, access: access.with(policy) }, managedPolicyArns: [policy.name] };
  return new SWFClient(clientOf(scene.endpoint, credentials.issueUserKey(user)));
}

describe('IAM authorizes ListDomains on …:/domain/*', () => {
  it.each([{ resource: arnOf('*') }, { resource: '*' }])('a policy for $resource is enough', async ({ resource }) => {
    const scene = await aScene();
    await register(scene, 'orders');
    const { domainInfos } = await limitedTo(scene, resource).send(LIST);
    expect(domainInfos?.map(({ name }) => name)).toEqual(['orders']);
  });

  it('a policy for one domain is not, and the denial names …:/domain/*', async () => {
    const scene = await aScene();
    await register(scene, 'orders');
    const swf = limitedTo(scene, arnOf('orders'));
    await swf.send(new DescribeDomainCommand({ name: 'orders' }));
    await expect(swf.send(LIST)).rejects.toThrow(
      `is not authorized to perform: swf:ListDomains on resource: ${arnOf('*')}`,
    );
  });

  it('a policy for another region is not', async () => {
    const scene = await aScene();
    await register(scene, 'orders');
    const swf = limitedTo(scene, arnOf('*').replace(place.region, 'us-east-1'));
    await expect(swf.send(LIST)).rejects.toThrow('swf:ListDomains');
  });
});

describe('IAM authorizes RegisterDomain', () => {
  it('on the domain that is registered (API Reference, RegisterDomain)', async () => {
    const scene = await aScene();
    const swf = limitedTo(scene, arnOf('orders'));
    const registration = (name: string) =>
      new RegisterDomainCommand({ name, workflowExecutionRetentionPeriodInDays: '1' });
    await swf.send(registration('orders'));
    await expect(swf.send(registration('billing'))).rejects.toThrow(`on resource: ${arnOf('billing')}`);
  });
});
