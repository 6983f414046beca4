import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { loadAssembly } from '../../local/assembly.ts';
import type { FunctionHost } from '../../local/function-host/host.ts';
import { startGateway } from '../../local/gateway/server.ts';
import { createFunctionHost } from '../../local/relay-function.ts';
import { toGatewaySettings } from '../../local/relay-gateway.ts';
import { startSlowClock } from '../unhurried.ts';
import type { AFolder } from './a-folder.ts';
import type { AStack } from './a-stack.ts';

/** Bundles as earlier versions deployed them, and variables that they need in place of today's. */
const VERSIONS = {
  // It does not know domains with settings that came later: a stage can have used none of them.
  'before-key-events': { RELAY_DOMAINS: JSON.stringify(['orders', 'billing']) },
  'before-construct': {},
} as const;

export interface OlderFunction {
  readonly relayUrl: string;
  readonly invoke: FunctionHost['invoke'];
  /** The next request meets a container that has met no key. */
  readonly forget: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * The function as an earlier version deployed it, with today's gateway, environment, role and tables: as while an upgrade has
 * changed everything but the code, and after the code was rolled back.
 */
export async function startOlderFunction(
  { stack }: AStack,
  folder: AFolder,
  version: keyof typeof VERSIONS,
): Promise<OlderFunction> {
  const { template, realm, functionSession: session, awsUrl } = stack;
  const bundle = new URL(`../lib/upgrades/${version}.function.mjs.gz`, import.meta.url);
  const codeFolder = folder.state('older-function');
  mkdirSync(codeFolder);
  writeFileSync(`${codeFolder}/index.mjs`, gunzipSync(readFileSync(bundle)));
  const host = createFunctionHost({
    template,
    assembly: { ...(await loadAssembly()), assetFolder: () => codeFolder },
    session,
    awsUrl,
    maxContainers: 1,
    onLogLine: () => undefined,
    containerEnvironment: { ...startSlowClock(), ...VERSIONS[version] },
  });
  const { settings } = toGatewaySettings(template, realm);
  const invoke: FunctionHost['invoke'] = async (event) => host.invoke(event);
  const gateway = await startGateway(settings, { invoke, clock: Date.now, onAccessLog: () => undefined }, 0);
  const close = async (): Promise<void> => {
    await gateway.close();
    await host.close();
  };
  await host.warm(1);
  return { relayUrl: gateway.url, invoke, forget: async () => host.replaceContainers(1), close };
}
