import { findLocal } from '../../operator/target.ts';
import type { Realm } from '../aws/realm.ts';
import { toOperator } from '../aws/operator.ts';
import { createSwfClient, writeConnection } from '../bootstrap.ts';
import { readConnection } from '../connection.ts';
import { PortInUseError, type RunningServer } from '../listen.ts';
import type { LocalStack } from '../local-stack.ts';
import type { Running } from '../running.ts';
import type { Feed } from './feed.ts';
import type { ConsoleScene } from './scene.ts';
import { startConsole } from './server.ts';

/** Where the console is looked for. */
export const USUAL_PORT = 8789;

/**
 * Serves the console of a stack that runs in this process, and notes its address in `connection.json`.
 *
 * @param port 0 selects a free port. Without one, the usual port is taken, or a free one if another program uses it.
 * @throws PortInUseError
 */
export async function openConsole(running: Running, feed: Feed, port?: number): Promise<RunningServer> {
  const scene = await toScene(running, feed);
  const { connection, stateFolder, swf, target } = scene;
  const server = await (port === undefined ? startSomewhere(scene) : startConsole(scene, port));
  connection.consoleUrl = server.url;
  writeConnection(stateFolder, connection);
  const close = async (): Promise<void> => {
    await server.close();
    for (const client of [swf, target.dynamodb, target.kms]) client.destroy();
  };
  return { ...server, close };
}

async function startSomewhere(scene: ConsoleScene): Promise<RunningServer> {
  try {
    return await startConsole(scene, USUAL_PORT);
  } catch (error) {
    if (error instanceof PortInUseError) return startConsole(scene, 0);
    throw error;
  }
}

async function toScene({ stateFolder, stack, domains }: Running, feed: Feed): Promise<ConsoleScene> {
  const connection = readConnection(stateFolder.path);
  const operator = issueOperator(stack);
  const access = { ...connection, operator };
  const [swf, target] = [createSwfClient(access), await findLocal(access)];
  const setFaults = (rules: readonly string[]): void => stack.faults.set(rules);
  return { stateFolder, domains, connection, operator, swf, target, feed, setFaults, clock: Date.now };
}

/** Faults are for the relay. Those who watch it must not lose sight of it. */
function issueOperator({ credentials, accountId, realm }: LocalStack): ConsoleScene['operator'] {
  const withoutFaults: Realm = { access: realm.access, faults: { find: () => undefined } };
  return credentials.issueUserKey(toOperator(accountId, withoutFaults));
}
