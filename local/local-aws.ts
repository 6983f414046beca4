import { Access, type Denial } from './aws/access.ts';
import type { Caller } from './aws/api.ts';
import { createCloudFormation } from './aws/cloudformation.ts';
import { type Credential, Credentials } from './aws/credentials.ts';
import { startDynamoDb } from './aws/dynamodb.ts';
import { type ObservedCall, startAwsEndpoint } from './aws/endpoint.ts';
import { createKms } from './aws/kms.ts';
import { createSts } from './aws/sts.ts';
import { createSwfApi } from './aws/swf-api.ts';
import { LocalSwf } from './aws/swf/local-swf.ts';
import { Faults, FAULTS_FILE } from './faults.ts';
import type { StateFolder } from './state-folder.ts';
import { resourcesOf } from './template/resources.ts';
import type { Template } from './template/template.ts';

export interface LocalAwsOptions {
  readonly template: Template;
  readonly stateFolder: StateFolder;
  /** 0 takes a free one. */
  readonly port: number;
  /** Asked for when a stack's outputs are read, which is after the gateway listens. */
  readonly relayUrl: () => string;
  readonly clock: () => number;
  readonly onCall: (call: ObservedCall) => void;
  readonly onDenial: (denial: Denial) => void;
}

/** The account that the template is deployed to, on this machine. */
export interface LocalAws {
  readonly url: string;
  readonly access: Access;
  readonly credentials: Credentials;
  readonly faults: Faults;
  /** May do everything, as the person who deploys the stack may. */
  readonly operator: Credential;
}

/** Starts every AWS API that the relay and its operator use. What is started ends with `closing`. */
export async function startLocalAws(options: LocalAwsOptions, closing: AsyncDisposableStack): Promise<LocalAws> {
  const { template, stateFolder, port, clock, onCall, onDenial } = options;
  const access = new Access(template.resources, onDenial);
  const credentials = new Credentials();
  const faults = new Faults(stateFolder.file(FAULTS_FILE));
  const swf = LocalSwf.open({ journalFile: stateFolder.file('swf.journal'), clock, quotas: true });
  closing.defer(() => swf.close());
  const apis = [
    createSwfApi(swf, access),
    createSts({ access, credentials, clock }),
    openKms(template, access, stateFolder),
    await openTables(template, access, stateFolder, closing),
    describeStack(template, access, options.relayUrl),
  ];
  const endpoint = await startAwsEndpoint({ apis, credentials, faults, clock, onCall }, port);
  closing.defer(endpoint.close);
  const operator = credentials.issueUserKey(toOperator(template.place.accountId));
  return { url: endpoint.url, access, credentials, faults, operator };
}

function openKms({ resources }: Template, access: Access, stateFolder: StateFolder) {
  const keyArns = resourcesOf(resources, 'AWS::KMS::Key').map(({ arn }) => arn);
  return createKms({ access, keyArns, rootFile: stateFolder.file('kms.root') });
}

async function openTables(
  { resources, place: { region, accountId } }: Template,
  access: Access,
  stateFolder: StateFolder,
  closing: AsyncDisposableStack,
) {
  const dynamodb = await startDynamoDb({
    access,
    folder: stateFolder.file('dynamodb'),
    tables: resourcesOf(resources, 'AWS::DynamoDB::Table'),
    tableArnPrefix: `arn:aws:dynamodb:${region}:${accountId}:table/`,
  });
  closing.defer(dynamodb.close);
  return dynamodb.api;
}

function describeStack(template: Template, access: Access, relayUrl: () => string) {
  const { stackName, region, accountId } = template.place;
  return createCloudFormation({
    access,
    stackName,
    stackArn: `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
    outputs: () => template.outputs(relayUrl()),
  });
}

function toOperator(accountId: string): Caller {
  const arn = `arn:aws:iam::${accountId}:user/operator`;
  return { principal: { kind: 'user', arn, accountId }, accountId };
}
