/** Starts a function once, and tells how long that took, and its first heartbeat. */
import { writeSync } from 'node:fs';

import { receivedNow, toEvent } from '../event.ts';
import { assertRecorded, loadHandler } from '../handler.ts';

const [file = '', path = '', authorization = '', body = ''] = process.argv.slice(2);
const event = toEvent(path, { authorization, 'content-type': 'application/json' }, body);

const startedAtMs = performance.now();
const handler = await loadHandler(file);
const readyAtMs = performance.now();
const answer = await handler(receivedNow(event), {});
const answeredAtMs = performance.now();

assertRecorded(answer);
writeSync(1, JSON.stringify({ initMs: readyAtMs - startedAtMs, firstCallMs: answeredAtMs - readyAtMs }));
// Connections that are kept alive would keep the process as well.
process.exit(0);
