import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';

import type { Access } from '../../local/aws/access.ts';
import { type PolicyPart, withoutPart } from '../../local/aws/iam/parts.ts';
import type { Policy } from '../../local/aws/iam/policy.ts';
import type { Realm } from '../../local/aws/realm.ts';
import { toOperator } from '../../local/aws/operator.ts';
import type { LocalStack } from '../../local/local-stack.ts';
import { toGatewaySettings } from '../../local/relay-gateway.ts';
import { onlyResource, resourcesOf } from '../../local/template/resources.ts';
import type { NamedPart } from './least-privilege.parts.ts';

export type Admission = 'kept out' | 'let in';

/** Somebody whom a policy's condition is there against, held against the policy with and without it. */
export async function admissionsOf(stack: LocalStack, { policy, part }: NamedPart): Promise<Record<string, Admission>> {
  const admit = async (access: Access): Promise<Admission> =>
    (await isLetIn(stack, toRealm(access), policy, part)) ? 'let in' : 'kept out';
  const { access } = stack.realm;
  return { asItIs: await admit(access), without: await admit(access.with(withoutPart(policy, part))) };
}

const toRealm = (access: Access): Realm => ({ access, faults: { find: () => undefined } });

/** @throws Error for a kind of policy that has had no condition so far: say here whom it is against. */
async function isLetIn(stack: LocalStack, realm: Realm, policy: Policy, part: PolicyPart): Promise<boolean> {
  const { kind, name } = policy;
  if (kind === 'function') return isOtherApiLetIn(stack, realm);
  if (kind === 'identity') return isExtensionLetIn(stack, realm, policy, part);
  const role = resourcesOf(stack.template.resources, 'AWS::IAM::Role').find(
    ({ arn }) => realm.access.trustOf(arn)?.name === name,
  );
  if (role === undefined) throw new Error(`nobody is known whom a condition of ${name} would keep out`);
  return isUserLetIn(stack, realm, role.arn);
}

/** Somebody with the policy dates the end of a key later, in the table that the statement is about. */
async function isExtensionLetIn(stack: LocalStack, realm: Realm, { name, statements }: Policy, part: PolicyPart) {
  const { awsUrl: endpoint, region, template, accountId, credentials } = stack;
  const [resource] = statements.find(({ id }) => id === part.statement)?.resources?.values ?? [];
  const table = resourcesOf(template.resources, 'AWS::DynamoDB::Table').find(({ arn }) => arn === resource?.text);
  if (table === undefined) throw new Error(`nobody is known whom a condition of ${name} would keep out`);
  const principal = { kind: 'user', arn: `arn:aws:iam::${accountId}:user/intruder`, accountId } as const;
  const intruder = credentials.issueUserKey({ principal, accountId, realm, managedPolicyArns: [name] });
  const key = Object.fromEntries(table.KeySchema.map(({ AttributeName }) => [AttributeName, { S: 'intrusion' }]));
  const dynamodb = new DynamoDBClient({ endpoint, region, credentials: { ...intruder } });
  const command = new UpdateItemCommand({
    TableName: table.physicalId,
    Key: key,
    UpdateExpression: 'SET expiresAt = :later, endsAt = :later',
    // Whoever is let in fails here, and no test finds a strange row.
    ConditionExpression: 'attribute_exists(keyId)',
    ExpressionAttributeValues: { ':later': { S: '2999-01-01T00:00:00.000Z' } },
  });
  try {
    await dynamodb.send(command);
    throw new Error('the intruder changed a row that is not there');
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return true;
    if (error instanceof DynamoDBServiceException && error.name === 'AccessDeniedException') return false;
    throw error;
  } finally {
    dynamodb.destroy();
  }
}

/** By STS itself: a user whose own policy allows everything, so that the role's trust alone decides. */
async function isUserLetIn({ awsUrl, region, accountId, credentials }: LocalStack, realm: Realm, roleArn: string) {
  const operator = credentials.issueUserKey(toOperator(accountId, realm));
  const sts = new STSClient({ endpoint: awsUrl, region, credentials: { ...operator } });
  try {
    await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'intruder' }));
    return true;
  } catch (error) {
    if (error instanceof STSServiceException && error.name === 'AccessDenied') return false;
    throw error;
  }
}

/** The same gateway with the same function behind it, but of an API that the template does not have. */
function isOtherApiLetIn({ template }: LocalStack, realm: Realm): boolean {
  const api = onlyResource(template.resources, 'AWS::ApiGatewayV2::Api');
  const resources = [...template.resources].map(
    ([logicalId, resource]) => [logicalId, resource === api ? { ...api, physicalId: 'another0id' } : resource] as const,
  );
  return toGatewaySettings({ ...template, resources: new Map(resources) }, realm).authorizeInvocation();
}
