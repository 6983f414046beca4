import { findLocal } from '../../operator/target.ts';
import { createSwfClient, writeConnection } from '../bootstrap.ts';
import { readConnection } from '../connection.ts';
import type { RunningServer } from '../listen.ts';
import type { Running } from '../running.ts';
import type { Feed } from './feed.ts';
import { startConsole } from './server.ts';

/** Serves the console of a stack that runs in this process. */
export async function openConsole(running: Running, feed: Feed, port: number): Promise<RunningServer> {
  const { stateFolder, stack, domains } = running;
  const connection = readConnection(stateFolder.path);
  const swf = createSwfClient(connection);
  const target = await findLocal(connection);
  const setFaults = (rules: readonly string[]): void => stack.faults.set(rules);
  const scene = { stateFolder, domains, connection, swf, target, feed, setFaults, clock: Date.now };
  const server = await startConsole(scene, port);
  connection.consoleUrl = server.url;
  writeConnection(stateFolder, connection);
  const close = async (): Promise<void> => {
    await server.close();
    for (const client of [swf, target.dynamodb, target.kms]) client.destroy();
  };
  return { ...server, close };
}
