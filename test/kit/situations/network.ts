import { expect } from 'vitest';

import { answer, recorded } from '../relay/replies.ts';
import { HIDDEN_HOST } from '../relay/scripted-proxy.ts';
import { inTurn } from '../relay/scripted-relay.ts';
import { KEY, type Scene } from '../scene.ts';
import type { Situation } from '../situation.ts';

const RECORDED = 'heartbeat: recorded';
const NO_ANSWER = 'heartbeat: not recorded: no answer (…)';
const LOST = 'heartbeat: nothing recorded for 6 s: work stopped';

/** The target of the redirect listens, and records all that it gets: nothing, and no key. */
const redirected = (name: string, statuses: readonly number[], isExpensive = false): Situation => ({
  name,
  timeoutSeconds: 60,
  relay: {
    scriptWith: (elsewhere) =>
      inTurn(
        ...statuses.map((status) =>
          answer(status, '', { location: `${elsewhere.replace('127.0.0.1', 'localhost')}/domains/orders/heartbeats` }),
        ),
        recorded(),
      ),
  },
  work: 'wait_for_go',
  meanwhile: async (scene) => {
    await scene.prints(RECORDED);
    scene.go();
  },
  exitCode: 0,
  prints: [...statuses.map((status) => `heartbeat: not recorded: ${status} redirect`), RECORDED],
  afterwards: ({ elsewhere }) => expect(elsewhere.received).toEqual([]),
  isExpensive,
});

/** Only the proxy knows the relay's host. */
const behindProxy = (more: Readonly<Record<string, string>>) => (scene: Scene) => ({
  HEARTBEAT_RELAY_URL: `https://${HIDDEN_HOST}:${scene.relay.port}`,
  HEARTBEAT_CA_FILE: scene.path('ca.pem'),
  HTTPS_PROXY: scene.proxy.url,
  ...more,
});

const ends = async (scene: Scene): Promise<void> => {
  await scene.received(2);
  scene.go();
};

/** Nothing but the proxy could reach the relay. */
const exempt = (name: string, proxy: Readonly<Record<string, string>>): Situation => ({
  name,
  timeoutSeconds: 6,
  relay: inTurn(recorded()),
  isSecure: true,
  variables: behindProxy({ NO_PROXY: 'example.com,.test', ...proxy }),
  exitCode: 92,
  prints: [NO_ANSWER, LOST],
  afterwards: ({ proxy: { received } }) => expect(received).toEqual([]),
  isExpensive: true,
});

/** What lies between a worker and its relay. */
export const NETWORK: readonly Situation[] = [
  redirected('does not follow a redirect, nor send its key there', [302]),
  redirected('follows no kind of redirect', [301, 303, 307, 308], true),
  {
    name: 'reaches the relay through a proxy, which sees neither key nor token',
    timeoutSeconds: 18,
    relay: inTurn(recorded()),
    isSecure: true,
    variables: behindProxy({}),
    work: 'wait_for_go',
    meanwhile: ends,
    exitCode: 0,
    prints: [RECORDED],
    afterwards: ({ relay, proxy }) => {
      expect(relay.received[0]?.authorization).toBe(`Bearer ${KEY}`);
      const asked = { authority: `${HIDDEN_HOST}:${relay.port}`, authorization: proxy.authorization };
      expect(proxy.received).toEqual(relay.received.map(() => asked));
    },
    isExpensive: true,
  },
  exempt('does not use the proxy for a host of NO_PROXY', {}),
  exempt('does not mind a proxy that cannot be used for a host of NO_PROXY', {
    HTTPS_PROXY: 'socks5://user:hunter2@proxy.example',
  }),
  {
    name: 'does not use the proxy to reach its own machine',
    timeoutSeconds: 18,
    relay: inTurn(recorded()),
    isSecure: true,
    variables: (scene) => ({ HEARTBEAT_CA_FILE: scene.path('ca.pem'), HTTPS_PROXY: scene.proxy.url }),
    work: 'wait_for_go',
    meanwhile: ends,
    exitCode: 0,
    prints: [RECORDED],
    afterwards: ({ proxy }) => expect(proxy.received).toEqual([]),
    isExpensive: true,
  },
  {
    name: 'trusts the certificates of its CA file',
    timeoutSeconds: 30,
    relay: inTurn(recorded()),
    isSecure: true,
    variables: (scene) => ({ HEARTBEAT_CA_FILE: scene.path('ca.pem') }),
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await scene.prints(RECORDED);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    isExpensive: true,
  },
  {
    name: 'sends nothing to a relay whose certificate it does not trust',
    timeoutSeconds: 6,
    relay: inTurn(recorded()),
    isSecure: true,
    exitCode: 92,
    prints: ['heartbeat: not recorded: no answer (…)', 'heartbeat: nothing recorded for 6 s: work stopped'],
    afterwards: ({ relay }) => expect(relay.received).toEqual([]),
    isExpensive: true,
  },
];
