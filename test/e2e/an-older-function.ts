import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { loadAssembly } from '../../local/assembly.ts';
import { startGateway } from '../../local/gateway/server.ts';
import { createFunctionHost } from '../../local/relay-function.ts';
import { toGatewaySettings } from '../../local/relay-gateway.ts';
import { startSlowClock } from '../unhurried.ts';
import type { AFolder } from './a-folder.ts';
import type { AStack } from './a-stack.ts';

const BUNDLE = new URL('../lib/upgrades/before-key-events.function.mjs.gz', import.meta.url);

/** It does not know domains with settings that came later: a stage can have used none of them. */
const WITHOUT_LATER_SETTINGS = { RELAY_DOMAINS: JSON.stringify(['orders', 'billing']) };

export interface OlderFunction {
  readonly relayUrl: string;
  /** The next request meets a container that has met no key. */
  readonly forget: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * The function as it was before there were key events, with today's gateway, environment, role and tables: as while an upgrade
 * has changed everything but the code, and after the code was rolled back.
 */
export async function startOlderFunction({ stack }: AStack, folder: AFolder): Promise<OlderFunction> {
  const { template, realm, functionSession: session, awsUrl } = stack;
  const codeFolder = folder.state('older-function');
  mkdirSync(codeFolder);
  writeFileSync(`${codeFolder}/index.mjs`, gunzipSync(readFileSync(BUNDLE)));
  const host = createFunctionHost({
    template,
    assembly: { ...(await loadAssembly()), assetFolder: () => codeFolder },
    session,
    awsUrl,
    maxContainers: 1,
    onLogLine: () => undefined,
    containerEnvironment: { ...startSlowClock(), ...WITHOUT_LATER_SETTINGS },
  });
  const { settings } = toGatewaySettings(template, realm);
  const invoke = async (event: unknown) => host.invoke(event);
  const gateway = await startGateway(settings, { invoke, clock: Date.now, onAccessLog: () => undefined }, 0);
  const close = async (): Promise<void> => {
    await gateway.close();
    await host.close();
  };
  await host.warm(1);
  return { relayUrl: gateway.url, forget: async () => host.replaceContainers(1), close };
}
