import type { Assembly } from '../../local/assembly.ts';
import { Access } from '../../local/aws/access.ts';
import { prepare } from '../../local/bootstrap.ts';
import { type Connection, CONNECTION_FILE, readConnection } from '../../local/connection.ts';
import { startGateway } from '../../local/gateway/server.ts';
import { type LocalStack, startLocalStack } from '../../local/local-stack.ts';
import { createFunctionHost, issueFunctionSession } from '../../local/relay-function.ts';
import { toGatewaySettings } from '../../local/relay-gateway.ts';
import { StateFolder } from '../../local/state-folder.ts';
import { loadTemplate } from '../../local/template/template.ts';
import { findLocal, type Target } from '../../operator/target.ts';
import { startSlowClock } from '../unhurried.ts';

const MAX_CONTAINERS = 2;
const FREE_PORTS = { relayPort: 0, awsPort: 0, maxContainers: MAX_CONTAINERS };

/** A stack that runs from an assembly of a test's own. */
export interface AGeneration {
  readonly stack: LocalStack;
  readonly statePath: string;
  readonly connection: Connection;
  readonly target: Target;
  readonly close: () => Promise<void>;
}

/** Starts it on a state folder, as `npm start` does. Another one may have run there before. */
export async function startFrom(assembly: Assembly, statePath: string): Promise<AGeneration> {
  const stateFolder = StateFolder.open(statePath);
  const containerEnvironment = startSlowClock();
  const stack = await startLocalStack({ assembly, stateFolder, containerEnvironment, ...FREE_PORTS });
  await stack.functionHost.warm(1);
  await prepare(stack, stateFolder, ['orders', 'billing']);
  const connection = readConnection(statePath);
  const target = await findLocal(connection);
  const close = async (): Promise<void> => {
    for (const client of [target.dynamodb, target.kms]) client.destroy();
    stateFolder.remove(CONNECTION_FILE);
    await stack.close();
    stateFolder.release();
  };
  return { stack, statePath, connection, target, close };
}

/** The relay as a deployment with another assembly makes it: its function, gateway and policies on the same AWS. */
export async function openOther(stack: LocalStack, assembly: Assembly, onLogLine: (line: string) => void) {
  const template = loadTemplate(assembly.template, stack.template.place);
  const realm = { access: Access.of(template.resources, () => undefined), faults: stack.faults };
  const session = issueFunctionSession(template, realm, stack.credentials);
  const functionHost = createFunctionHost({
    template,
    assembly,
    session,
    awsUrl: stack.awsUrl,
    maxContainers: MAX_CONTAINERS,
    onLogLine,
    containerEnvironment: startSlowClock(),
  });
  await functionHost.warm(1);
  const invoke = async (event: object) => functionHost.invoke(event);
  const { settings } = toGatewaySettings(template, realm);
  const gateway = await startGateway(settings, { invoke, clock: Date.now, onAccessLog: () => undefined }, 0);
  const close = async (): Promise<void> => {
    await Promise.all([gateway.close(), functionHost.close()]);
  };
  return { relayUrl: gateway.url, close };
}
