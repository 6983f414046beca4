/** Starts a function once and prints how long the start and the first heartbeat took. */
import { writeSync } from 'node:fs';

import { withCurrentTime, toEvent } from '../event.ts';
import { assertRecorded, loadHandler } from '../handler.ts';

const [file = '', path = '', authorization = '', body = ''] = process.argv.slice(2);
const event = toEvent(path, { authorization, 'content-type': 'application/json' }, body);

const startedAtMs = performance.now();
const handler = await loadHandler(file);
const readyAtMs = performance.now();
const answer = await handler(withCurrentTime(event), {});
const answeredAtMs = performance.now();

assertRecorded(answer);
writeSync(1, JSON.stringify({ initMs: readyAtMs - startedAtMs, firstCallMs: answeredAtMs - readyAtMs }));
// Open connections would keep the process alive.
process.exit(0);
