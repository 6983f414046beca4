#!/usr/bin/env node
// Beats for one activity task beside the work, which is the command given: see docs/worker.md. Node 18 or later.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
const { HEARTBEAT_KEY: givenKey, TASK_TOKEN: taskToken, ...env } = process.env; // the work needs neither
const { HEARTBEAT_RELAY_URL: relayUrl, HEARTBEAT_DOMAIN: domain, HEARTBEAT_TIMEOUT_SECONDS: timeout } = env;
if (!relayUrl || !domain || !taskToken || !(timeout > 0)) throw new Error('a variable is missing: see docs/worker.md');
let [outcome, said, failures, endsAtMs] = [0, '', 0, performance.now() + timeout * 1000];
const say = (text, cause = '') => text === said || console.error(`heartbeat: ${(said = text)}${cause}`);
const pace = { heartbeatTimeoutSeconds: Number(timeout), nextHeartbeatSeconds: Math.ceil(timeout / 3) };
async function post(patienceMs) {
  const { HEARTBEAT_KEY_FILE: file } = env; // read each time: it may hold a new one
  const headers = { authorization: `Bearer ${file ? readFileSync(file, 'utf8').trim() : givenKey}` };
  const [body, signal] = [JSON.stringify({ taskToken, ...pace }), AbortSignal.timeout(Math.ceil(patienceMs))];
  const answer = await fetch(`${relayUrl}/domains/${domain}/heartbeats`, { method: 'POST', headers, body, signal });
  return { ...(await answer.json()), status: answer.status, retryAfter: answer.headers.get('retry-after') };
}
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => endWork('SIGTERM')); // first: nobody else ends it
const work = spawn(process.argv[2], process.argv.slice(3), { env, stdio: 'inherit', detached: true });
const endWork = (signal) => process.kill(-work.pid, signal); // its process group, so that all of it ends
work.on('exit', (code, signal) => process.exit(outcome || (code ?? 128 + constants.signals[signal])));
for (let nowMs; (nowMs = performance.now()) < endsAtMs;) {
  const noAnswer = (error) => ({ status: 'no answer', cause: ` (${error.cause?.message ?? error.message})` });
  const answer = await post(Math.min(6000, endsAtMs - nowMs)).catch(noAnswer);
  const { status, code = '', forwarded, cancelRequested, retryAfter, cause } = answer;
  if (status === 410) break;
  const [isWell, usualMs] = [forwarded || code === 'Paced', timeout * (300 + 33 * Math.random())]; // Paced: not due
  const longestMs = Math.min(usualMs, Math.max(1000, (endsAtMs - performance.now()) / 4)); // room for three more
  const pauseMs = isWell ? usualMs : Math.min(longestMs, (Number(retryAfter) || 1) * 1000 * 2 ** failures);
  [failures, endsAtMs] = [isWell ? 0 : failures + 1, forwarded ? nowMs + timeout * 1000 : endsAtMs];
  if (cancelRequested) say('cancel requested: work told to end'); // and beats go on while it cleans up
  else if (code !== 'Paced') say(forwarded ? 'recorded' : `not recorded: ${status} ${code}`.trimEnd(), cause);
  if (cancelRequested && outcome === 0) [outcome] = [90, endWork('SIGTERM')];
  await sleep(Math.max(1, Math.min(pauseMs, endsAtMs - performance.now() + 1))); // a timer may be early by that
}
outcome = performance.now() < endsAtMs ? 91 : 92;
say(`${outcome === 91 ? 'task closed' : `nothing recorded for ${timeout} s`}: work stopped`);
endWork('SIGTERM');
setTimeout(endWork, 10_000, 'SIGKILL');
