import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { SWFClient } from '@aws-sdk/client-swf';
import { vi } from 'vitest';

import { type Connection, readConnection } from '../../local/connection.ts';
import { type IssuedKey, issueKey } from '../../operator/issue.ts';
import { findLocal, type Target } from '../../operator/target.ts';
import { ENVIRONMENT_NAMES, OPERATIONS } from '../../lambda/environment/environment.ts';
import { createSwfClient } from '../../local/bootstrap.ts';
import { LiveLines } from '../../local/live-lines.ts';
import { run, type Running } from '../../local/running.ts';
import { startSlowClock } from '../unhurried.ts';
import type { Haystack, Mark } from './secrets-marks.ts';

/** A whole local stack, everything that can be read of it, and every secret that is in play. */
export interface Cast {
  readonly running: Running;
  readonly connection: Connection;
  readonly swf: SWFClient;
  readonly target: Target;
  readonly statePath: string;
  readonly marks: Mark[];
  /** What was said so far, in the order in which it was. */
  readonly said: Haystack[];
  readonly say: (name: string, text: string) => void;
  /** A key in whose secret nothing has been looked for yet: it becomes a mark. */
  readonly issue: (...domains: readonly string[]) => Promise<IssuedKey>;
  /** One that may send one heartbeat a second. */
  readonly issueSlow: (...domains: readonly string[]) => Promise<IssuedKey>;
  /** One that may end tasks of `orders`. */
  readonly issueForEnds: () => Promise<IssuedKey>;
  /** A secret of a form of its own, which becomes a mark. */
  readonly newMark: (name: string) => string;
  readonly close: () => Promise<void>;
}

/** Holds what JSON, URLs and base64 would each write in another way. */
const AWKWARD = '+/=="ü" \\ 42 %';

export async function raiseCurtain(): Promise<Cast> {
  const statePath = mkdtempSync(join(tmpdir(), 'heartbeat-relay-secrets-'));
  const said: Haystack[] = [];
  const say = (name: string, text: string): void => void said.push({ name, bytes: Buffer.from(text) });
  const printed = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      say('printed', typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      return true;
    }),
  );
  const running = await run({
    statePath,
    relayPort: 0,
    awsPort: 0,
    maxContainers: 2,
    containerEnvironment: startSlowClock(),
    observer: (domains) => {
      const live = new LiveLines(domains, (line) => say('live line', line));
      return {
        onCall: (call) => say('observed call', JSON.stringify(call)),
        onDenial: (denial) => {
          say('denial', JSON.stringify(denial));
          live.onDenial(denial);
        },
        onAnswered: (exchange) => {
          say('answer', `${exchange.status} ${exchange.responseBody}`);
          live.onAnswered(exchange);
        },
        onLogLine: (line) => say('log line', line),
      };
    },
  });
  await running.stack.functionHost.warm(1);
  const connection = readConnection(statePath);
  const target = await findLocal(running.stack);
  const { operator, worker, task } = connection;
  const marks: Mark[] = [
    { name: 'operator secret', secret: operator.secretAccessKey },
    { name: 'worker secret', secret: worker.secret },
    { name: 'bearer value', secret: `${worker.keyId}.${worker.secret}` },
    { name: 'task token', secret: task.taskToken },
    { name: 'function session', secret: running.stack.functionSession.sessionToken },
    { name: 'function secret', secret: running.stack.functionSession.secretAccessKey },
  ];
  const issueWith = async (grant: object, domains: readonly string[]): Promise<IssuedKey> => {
    const key = await issueKey(target, { label: 'secrets', domains, expiresAtMs: null, ...grant }, Date.now());
    marks.push({ name: `issued secret ${marks.length}`, secret: key.secret });
    return key;
  };
  const issue = async (...domains: readonly string[]): Promise<IssuedKey> => issueWith({}, domains);
  const issueSlow = async (...domains: readonly string[]): Promise<IssuedKey> => issueWith({ rate: 1 }, domains);
  const issueForEnds = async (): Promise<IssuedKey> => issueWith({ operations: OPERATIONS }, ['orders']);
  const newMark = (name: string): string => {
    const secret = `${name}-${randomBytes(12).toString('base64')}${AWKWARD}`;
    marks.push({ name, secret });
    return secret;
  };
  const close = async (): Promise<void> => {
    for (const spy of printed) spy.mockRestore();
    await running.close();
    rmSync(statePath, { recursive: true, force: true });
  };
  const swf = createSwfClient(connection);
  return {
    running,
    connection,
    swf,
    target,
    statePath,
    marks,
    said,
    say,
    issue,
    issueSlow,
    issueForEnds,
    newMark,
    close,
  };
}

/** Every row of every table that the template has. */
export async function readTables({ running, target }: Cast): Promise<Haystack[]> {
  const { functionEnvironment: environment } = running.stack;
  const { taskStatesTable, workerKeysTable, keyUseTable, keyEventsTable, rateLimitsTable } = ENVIRONMENT_NAMES;
  const names = [taskStatesTable, workerKeysTable, keyUseTable, keyEventsTable, rateLimitsTable];
  return Promise.all(
    names.map(async (name) => {
      const { Items: items = [] } = await target.dynamodb.send(new ScanCommand({ TableName: environment[name] }));
      if (items.length === 0) throw new Error(`the table of ${name} is empty: nothing would be found in it`);
      return { name: `table ${name}`, bytes: Buffer.from(JSON.stringify(items)) };
    }),
  );
}

/** Every file of the state folder, as bytes, by its path in it. */
export function readStateFolder({ statePath }: Cast): Haystack[] {
  const entries = readdirSync(statePath, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(statePath, path), bytes: readFileSync(path) }));
}
