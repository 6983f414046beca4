import { z } from 'zod';

import { DOMAIN, WORKER } from '../aws/worker.ts';
import { toBody } from '../heartbeats.ts';
import { startProbe } from '../probe.ts';
import type { Rounds } from '../rounds.ts';
import { Series } from '../series.ts';
import type { Workbench } from '../workbench.ts';

export const SERVERS = ['proxy', 'relay'] as const;
export const CONNECTIONS = [1, 4, 16] as const;

/** Not counted. After these requests V8 has compiled both servers. */
const WARM_UP_REQUESTS = 8_000;

const BODY = toBody();
const REQUEST = [
  `POST /domains/${DOMAIN}/heartbeats HTTP/1.1`,
  'host: relay.example',
  `authorization: Bearer ${WORKER.keyId}.${WORKER.secret}`,
  'content-type: application/json',
  `content-length: ${Buffer.byteLength(BODY)}`,
  '',
  BODY,
].join('\r\n');

/** Load, server and AWS run in separate processes, so this compares what each server handles on its one core. */
export async function measureThroughput(bench: Workbench, { throughput, requests }: Rounds): Promise<Series> {
  const { bundles, probe, environment } = bench;
  const load = await startProbe(z.string(), await probe('load'), [], {});
  const file = await probe('server');
  const servers = await Promise.all(
    SERVERS.map(async (kind) => startProbe(z.number(), file, [kind, bundles.deployed], environment)),
  );
  const send = async (port: number, connections: number, count: number): Promise<number> =>
    load.ask(z.number(), { port, connections, requests: count, request: REQUEST });
  for (const { started: port } of servers) await send(port, 4, WARM_UP_REQUESTS);
  const series = new Series();
  for (let round = 0; round < throughput; round += 1) {
    for (const connections of CONNECTIONS) {
      for (const [index, kind] of SERVERS.entries()) {
        const perSecond = await send(servers[index]?.started ?? 0, connections, requests);
        series.add(`${kind}: ${connections} connections`, '1/s', perSecond);
      }
    }
  }
  await Promise.all([load, ...servers].map(async ({ stop }) => stop()));
  return series;
}
