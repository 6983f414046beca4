/** A fake AWS that answers immediately over TLS and counts the calls. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';

import { SERVICES, type Service, toAnswer } from '../aws/answers.ts';

/** An idle connection must outlast every pause between rounds. */
const KEEP_ALIVE_MS = 600_000;

const [certificateFile = '', keyFile = '', kmsKeyArn = ''] = process.argv.slice(2);
const tls = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };

/** Calls by service and operation. */
let counts: Record<string, number> = {};

/** The template's name of the table that a request is about, if it is about one. */
function toTable(body: string): string {
  const name = /"TableName":"[^"]*?(?<name>TaskStates|KeyUse|RateLimits)/.exec(body)?.groups?.['name'];
  return name === undefined ? '' : ` ${name}`;
}

function serve(service: Service, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const target = request.headers['x-amz-target'];
    const operation = (typeof target === 'string' ? target : '').split('.').at(-1) ?? '';
    const sent = Buffer.concat(chunks).toString();
    const name = `${service}.${operation === '' ? request.method : operation}${toTable(sent)}`;
    counts[name] = (counts[name] ?? 0) + 1;
    // A GET only opens a connection. AWS answers it too.
    const deps = { kmsKeyArn, clock: Date.now };
    const body = request.method === 'GET' ? '' : toAnswer(service, operation, sent, deps);
    const type = service === 'sts' ? 'text/xml' : 'application/x-amz-json-1.0';
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body), 'x-amzn-requestid': 'measured' };
    response.writeHead(200, headers).end(body);
  });
}

async function listen(service: Service): Promise<readonly [string, number]> {
  const server = createServer(tls, (request, response) => serve(service, request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return [service, address.port];
}

process.on('message', () => {
  process.send?.(counts);
  counts = {};
});
process.once('disconnect', () => process.exit(0));
process.send?.(Object.fromEntries(await Promise.all(SERVICES.map(listen))));
