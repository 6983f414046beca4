import { afterEach, beforeEach, expect, it } from 'vitest';

import { startHeartbeat } from '../../worker/src/index.ts';
import { until } from '../e2e/until.ts';
import { recorded } from '../kit/relay/replies.ts';
import { inTurn, ScriptedRelay } from '../kit/relay/scripted-relay.ts';
import { KEY } from '../kit/scene.ts';

let relay: ScriptedRelay;
beforeEach(async () => {
  relay = await ScriptedRelay.open(inTurn(recorded()));
});
afterEach(async () => relay[Symbol.asyncDispose]());

/** The relay refuses a heartbeat whose details end in half of a character, and the task would be lost. */
it.each([
  { given: 'a character at the limit', text: `${'x'.repeat(2_047)}😀😀`, sent: 'x'.repeat(2_047) },
  { given: 'as many characters as SWF takes', text: '😀'.repeat(3_000), sent: '😀'.repeat(1_024) },
  { given: 'half of a character', text: '42 %\ud83d', sent: '42 %\ufffd' },
])('details with $given are sent with whole characters', async ({ text, sent }) => {
  await using heartbeat = startHeartbeat({
    relayUrl: relay.url,
    domain: 'orders',
    key: KEY,
    taskToken: 'A',
    heartbeatTimeoutSeconds: 12,
  });
  heartbeat.details(text);
  await until('the details', () => {
    expect(heartbeat.state).toBe('open');
    return relay.received.some(({ body }) => body['details'] === sent) || undefined;
  });
});
