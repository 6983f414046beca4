import { onTestFinished } from 'vitest';

import type { HttpEventV2 } from '../../../local/gateway/event.ts';
import { startGateway } from '../../../local/gateway/server.ts';
import type { IssuedCertificate } from '../../../local/gateway/tls/issue.ts';
import type { RunningServer } from '../../../local/listen.ts';
import type { AnsweredExchange, GatewayDeps, GatewaySettings } from '../../../local/gateway/settings.ts';

/** 2026-11-22T08:00:00Z. */
export const NOW = Date.UTC(2026, 10, 22, 8);

export const settings: GatewaySettings = {
  apiId: 'abc123',
  accountId: '111122223333',
  region: 'eu-west-1',
  routeKeys: ['$default'],
  integrationTimeoutMs: 5_000,
};

export interface TestGateway extends RunningServer {
  readonly events: HttpEventV2[];
  readonly logLines: string[];
  readonly exchanges: AnsweredExchange[];
}

interface Over extends Partial<GatewaySettings> {
  readonly invoke?: GatewayDeps['invoke'];
  readonly clock?: GatewayDeps['clock'];
}

/** Starts a gateway on a free port and closes it when the test ends. By default its function answers an empty 200. */
export async function aGateway(over: Over = {}, tls?: IssuedCertificate): Promise<TestGateway> {
  const { invoke, clock = () => NOW, ...overSettings } = over;
  const events: HttpEventV2[] = [];
  const logLines: string[] = [];
  const exchanges: AnsweredExchange[] = [];
  const deps: GatewayDeps = {
    invoke: async (event) => {
      events.push(event);
      return invoke === undefined ? { kind: 'answered', result: { statusCode: 200 } } : invoke(event);
    },
    clock,
    onAccessLog: (line) => logLines.push(line),
    onAnswered: (exchange) => exchanges.push(exchange),
  };
  const running = await startGateway({ ...settings, ...overSettings }, deps, 0, tls);
  onTestFinished(() => running.close());
  return { ...running, events, logLines, exchanges };
}
