import { Access, type Denial } from './aws/access.ts';
import type { Caller } from './aws/api.ts';
import { createCloudFormation } from './aws/cloudformation.ts';
import { type Credential, Credentials } from './aws/credentials.ts';
import { startDynamoDb } from './aws/dynamodb.ts';
import { type ObservedCall, startAwsEndpoint } from './aws/endpoint.ts';
import { createKms } from './aws/kms.ts';
import { createLocalStackApi } from './aws/local-stack-api.ts';
import { toOperator } from './aws/operator.ts';
import { createSts } from './aws/sts.ts';
import { createSwfApi } from './aws/swf-api.ts';
import { LocalSwf, type LocalSwfOptions } from './aws/swf/local-swf.ts';
import type { Realm } from './aws/realm.ts';
import { Faults } from './faults.ts';
import { FileFaults, FAULTS_FILE } from './faults-file.ts';
import type { StateFolder } from './state-folder.ts';
import { resourcesOf } from './template/resources.ts';
import { assertServable } from './template/servable.ts';
import type { Template } from './template/template.ts';

export interface LocalAwsOptions {
  readonly template: Template;
  readonly stateFolder: StateFolder;
  /** 0 selects a free port. */
  readonly port: number;
  /** Read with the stack's outputs, after the gateway listens. */
  readonly relayUrl: () => string;
  readonly clock: () => number;
  readonly swfQuotas?: LocalSwfOptions['quotas'];
  /** Whether the tables outlive this stack, which takes more time for each call. They do by default. */
  readonly keepsTables?: boolean | undefined;
  readonly onCall: (call: ObservedCall) => void;
  readonly onDenial: (denial: Denial) => void;
}

/** The realm of the running stack. */
export interface MainRealm extends Realm {
  readonly faults: FileFaults;
}

/** The AWS endpoint of a running stack. */
export interface LocalAws {
  readonly url: string;
  /** Contains the template's policies, and the faults that `npm run faults` sets. */
  readonly realm: MainRealm;
  readonly credentials: Credentials;
  /** May do everything in the account. */
  readonly operator: Credential;
}

/** Starts every AWS API that the relay and its operator use. `closing` stops them. */
export async function startLocalAws(options: LocalAwsOptions, closing: AsyncDisposableStack): Promise<LocalAws> {
  const { template, stateFolder, port, clock, swfQuotas = true, keepsTables = true, onCall, onDenial } = options;
  assertServable(template);
  const faults = new FileFaults(stateFolder.file(FAULTS_FILE), new Faults(clock, Math.random));
  const realm = { access: Access.of(template.resources, onDenial), faults };
  const credentials = new Credentials();
  const swf = LocalSwf.open({ journalFile: stateFolder.file('swf.journal'), clock, quotas: swfQuotas });
  closing.defer(() => swf.close());
  const apis = [
    createSwfApi(swf),
    createLocalStackApi(swf),
    createSts({ credentials, clock }),
    openKms(template, stateFolder),
    await openTables(template, keepsTables ? stateFolder.folder('dynamodb') : undefined, closing),
    describeStack(template, options.relayUrl),
  ];
  const endpoint = await startAwsEndpoint({ apis, credentials, clock, onCall }, port);
  closing.defer(endpoint.close);
  const operator = credentials.issueUserKey(toOperator(template.place.accountId, realm));
  return { url: endpoint.url, realm, credentials, operator };
}

function openKms({ resources }: Template, stateFolder: StateFolder) {
  const keyArns = resourcesOf(resources, 'AWS::KMS::Key').map(({ arn }) => arn);
  return createKms({ keyArns, rootFile: stateFolder.file('kms.root') });
}

async function openTables(
  { resources, place: { region, accountId } }: Template,
  folder: string | undefined,
  closing: AsyncDisposableStack,
) {
  const dynamodb = await startDynamoDb({
    folder,
    tables: resourcesOf(resources, 'AWS::DynamoDB::Table'),
    tableArnPrefix: `arn:aws:dynamodb:${region}:${accountId}:table/`,
  });
  closing.defer(dynamodb.close);
  return dynamodb.api;
}

function describeStack(template: Template, relayUrl: () => string) {
  const { stackName, region, accountId } = template.place;
  return createCloudFormation({
    stackName,
    stackArn: `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
    outputs: () => template.outputs(relayUrl()),
  });
}

/** The stack's outputs about its policies for operators. */
const POLICY_OUTPUTS = {
  viewer: 'ViewerPolicyArn',
  revoker: 'RevokerPolicyArn',
  issuer: 'OperatorPolicyArn',
} as const;

export type KeyOperatorRole = keyof typeof POLICY_OUTPUTS;

export function operatorPolicyArn({ outputs }: Template, role: KeyOperatorRole): string {
  const arn = outputs('')[POLICY_OUTPUTS[role]];
  if (arn === undefined) throw new Error(`the template has no output ${POLICY_OUTPUTS[role]}`);
  return arn;
}

/** Returns a user who has only one of the stack's policies for operators. */
export function toKeyOperator(template: Template, realm: Realm, role: KeyOperatorRole = 'issuer'): Caller {
  const { accountId } = template.place;
  const policyArn = operatorPolicyArn(template, role);
  const arn = `arn:aws:iam::${accountId}:user/key-${role}`;
  return { principal: { kind: 'user', arn, accountId }, accountId, realm, managedPolicyArns: [policyArn] };
}
