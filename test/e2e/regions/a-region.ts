import { Access } from '../../../local/aws/access.ts';
import type { AwsApi, AwsCall } from '../../../local/aws/api.ts';
import { createCloudFormation } from '../../../local/aws/cloudformation.ts';
import type { Credentials } from '../../../local/aws/credentials.ts';
import { startAwsEndpoint } from '../../../local/aws/endpoint.ts';
import { AwsFault } from '../../../local/aws/fault.ts';
import { toOperator } from '../../../local/aws/operator.ts';
import { queryProtocol } from '../../../local/aws/query-protocol.ts';
import type { Realm } from '../../../local/aws/realm.ts';
import { createSts } from '../../../local/aws/sts.ts';
import type { LocalSwf } from '../../../local/aws/swf/local-swf.ts';
import { createSwfApi } from '../../../local/aws/swf-api.ts';
import { Faults } from '../../../local/faults.ts';
import { startGateway } from '../../../local/gateway/server.ts';
import type { HttpEventV2 } from '../../../local/gateway/event.ts';
import type { RunningServer } from '../../../local/listen.ts';
import { issueFunctionSession } from '../../../local/relay-function.ts';
import { toGatewaySettings } from '../../../local/relay-gateway.ts';
import { onlyResource, resourcesOf } from '../../../local/template/resources.ts';
import { loadTemplate, type Template } from '../../../local/template/template.ts';
import { findLocal, type LocalAccess, type Target } from '../../../operator/target.ts';
import { startContainer } from '../a-sabotaged-stack.ts';
import { PlayedKeys } from './played-keys.ts';
import { PlayedTables } from './played-tables.ts';

/** What the regions of an account share: IAM with its credentials, and here SWF, which plays every region at once. */
export interface SharedByRegions {
  readonly accountId: string;
  readonly credentials: Credentials;
  readonly swf: LocalSwf;
  /** A file of the account's own. */
  readonly file: (name: string) => string;
}

/** A relay in a region, with an operator's view of it. */
export interface DeployedRelay {
  readonly url: string;
  readonly template: Template;
  readonly target: Target;
  /** Where and as whom the operator works. */
  readonly access: LocalAccess;
  /** The next request meets a container that has met no key. */
  readonly forget: () => void;
}

/** One region of an account: an AWS endpoint with tables and KMS keys of its own, and the relays that are deployed there. */
export class ARegion {
  readonly keys = new PlayedKeys();
  readonly tables: PlayedTables;
  readonly #name: string;
  readonly #account: SharedByRegions;
  readonly #closing = new AsyncDisposableStack();
  #endpoint: RunningServer | undefined;
  /** A region has one stack here. Another deployment replaces its gateway and function. */
  #stack: AwsApi | undefined;
  #gateway: RunningServer | undefined;

  private constructor(account: SharedByRegions, name: string, tables: PlayedTables) {
    this.#account = account;
    this.#name = name;
    this.tables = tables;
    this.#closing.use(tables);
  }

  static async open(account: SharedByRegions, name: string): Promise<ARegion> {
    const { accountId, credentials, swf } = account;
    const nobody = { access: Access.of(new Map(), () => undefined), faults: new Faults(Date.now, Math.random) };
    const prefix = `arn:aws:dynamodb:${name}:${accountId}:table/`;
    const tables = await PlayedTables.start(prefix, toOperator(accountId, nobody));
    const region = new ARegion(account, name, tables);
    const cloudFormation = {
      ...queryProtocol,
      name: 'cloudformation',
      answer: async (call: AwsCall) => region.#describe(call),
    };
    const sts = createSts({ credentials, clock: Date.now });
    const apis = [createSwfApi(swf), sts, region.keys.api, tables.api, cloudFormation];
    region.#endpoint = await startAwsEndpoint({ apis, credentials, clock: Date.now, onCall: () => undefined }, 0);
    region.#closing.defer(region.#endpoint.close);
    return region;
  }

  get awsUrl(): string {
    return this.#endpoint?.url ?? '';
  }

  /** Creates what the template has and the region does not, and starts its gateway and function. */
  async deploy(json: unknown, stackName: string): Promise<DeployedRelay> {
    const { accountId, credentials } = this.#account;
    const template = loadTemplate(json, { stackName, region: this.#name, accountId });
    const realm = await this.#create(template);
    const operator = credentials.issueUserKey(toOperator(accountId, realm));
    const { gateway, forget } = await this.#serve(template, realm);
    await this.#gateway?.close();
    this.#gateway = gateway;
    const stackArn = `arn:aws:cloudformation:${this.#name}:${accountId}:stack/${stackName}/played`;
    this.#stack = createCloudFormation({ stackName, stackArn, outputs: () => template.outputs(gateway.url) });
    const access = { awsUrl: this.awsUrl, region: this.#name, operator };
    const target = await findLocal(access);
    this.#closing.defer(() => [target.dynamodb, target.kms].forEach((client) => client.destroy()));
    return { url: gateway.url, template, target, access, forget };
  }

  /** Nothing of the region answers any more. */
  async lose(): Promise<void> {
    await this.#gateway?.close();
    this.#gateway = undefined;
    await this.#closing.disposeAsync();
  }

  async #create(template: Template): Promise<Realm> {
    const { resources } = template;
    for (const table of resourcesOf(resources, 'AWS::DynamoDB::Table')) {
      if (!this.tables.has(table.physicalId)) await this.tables.create(table);
    }
    const own = Access.of(resources, () => undefined);
    const faults = new Faults(Date.now, Math.random);
    for (const { arn, KeyPolicy } of resourcesOf(resources, 'AWS::KMS::Key')) {
      const admin = toOperator(this.#account.accountId, { access: own, faults });
      this.keys.create(arn, KeyPolicy, this.#account.file('kms.root'), admin);
    }
    return { access: this.keys.policies.reduce((access, policy) => access.with(policy), own), faults };
  }

  async #serve(template: Template, realm: Realm) {
    const { credentials } = this.#account;
    const { Environment } = onlyResource(template.resources, 'AWS::Lambda::Function');
    const stack = {
      template,
      credentials,
      awsUrl: this.awsUrl,
      region: this.#name,
      functionEnvironment: Environment.Variables,
      functionSession: issueFunctionSession(template, realm, credentials),
    };
    let container = startContainer(stack, {});
    const { settings, authorizeInvocation } = toGatewaySettings(template, realm);
    const invoke = async (event: HttpEventV2) => {
      if (!authorizeInvocation()) return { kind: 'failed', errorType: 'AccessDenied' } as const;
      return { kind: 'answered', result: await container(event) } as const;
    };
    const gateway = await startGateway(settings, { invoke, clock: Date.now, onAccessLog: () => undefined }, 0);
    const forget = (): void => {
      container = startContainer(stack, {});
    };
    return { gateway, forget };
  }

  async #describe(call: AwsCall) {
    if (this.#stack === undefined) throw new AwsFault('ValidationError', 'Stack does not exist');
    return this.#stack.answer(call);
  }
}
