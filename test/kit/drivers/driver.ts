/** Drives the Node library as the suite drives a command: `run -- COMMAND`, the same variables, lines and exit codes. */
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { constants } from 'node:os';

import { startHeartbeat } from '../../../worker/src/index.ts';

const { HEARTBEAT_KEY, HEARTBEAT_KEY_FILE, TASK_TOKEN, ...environment } = process.env;
const CODES = { canceled: 90, closed: 91, lost: 92 };
const CONSEQUENCES: Readonly<Record<string, string>> = {
  cancelRequested: ': work told to end',
  closed: ': work stopped',
  lost: ': work stopped',
};

const heartbeat = startHeartbeat({
  relayUrl: environment['HEARTBEAT_RELAY_URL'] ?? '',
  domain: environment['HEARTBEAT_DOMAIN'] ?? '',
  key: HEARTBEAT_KEY,
  keyFile: HEARTBEAT_KEY_FILE,
  taskToken: TASK_TOKEN ?? '',
  heartbeatTimeoutSeconds: Number(environment['HEARTBEAT_TIMEOUT_SECONDS']),
  caFile: environment['HEARTBEAT_CA_FILE'],
});
const [program = '', ...args] = process.argv.slice(process.argv.indexOf('--') + 1);
const work = spawn(program, args, { env: environment, stdio: 'inherit', detached: true });
let isTold = false;
function endWork(): void {
  if (!isTold) process.kill(-(work.pid ?? 0), 'SIGTERM');
  isTold = true;
}
heartbeat.signal.addEventListener('abort', endWork);

let last = '';
heartbeat.on(({ event, message }) => {
  const text = message.replace(/ \(.*\)$/, '');
  if (text !== last) say(`heartbeat: ${message}${CONSEQUENCES[event] ?? ''}`);
  last = text;
});

function say(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {}
}

work.on('exit', (code, signal) => {
  const { state } = heartbeat;
  if (state === 'canceled' || state === 'closed' || state === 'lost') process.exit(CODES[state]);
  process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, endWork);

/** A program that computes, for so long, once the first heartbeat is recorded. */
const blockMs = Number(environment['DRIVER_BLOCKS_MS'] ?? 0);
if (blockMs > 0)
  setTimeout(() => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
  }, 1);
