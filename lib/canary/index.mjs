// @ts-check
import { randomBytes } from 'node:crypto';

/**
 * Checks a relay from outside, as a worker sees it: through DNS, TLS and the gateway. It has no worker key. A key that does
 * not exist is refused with 401 only if the relay could read the table of keys; otherwise the relay answers 503.
 */

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const PATIENCE_MS = 10_000;

export async function handler() {
  const { RELAY_URL: relayUrl = '', RELAY_DOMAIN: domain = '' } = process.env;
  const health = await statusOf(`${relayUrl}/health`, {});
  const keys = await statusOf(`${relayUrl}/domains/${domain}/heartbeats`, {
    method: 'POST',
    headers: { authorization: `Bearer ${createUnknownKey()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ taskToken: 'canary' }),
  });
  const succeeded = health === 200 && keys === 401;
  write({ health, keys, succeeded });
  return { health, keys, succeeded };
}

/**
 * @param {string} url
 * @param {RequestInit} request
 * @returns {Promise<number | string>} the name of the error if there is no answer.
 */
async function statusOf(url, request) {
  try {
    const { status } = await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
    return status;
  } catch (error) {
    return error instanceof Error ? error.name : 'Error';
  }
}

/** A well-formed key that nobody was ever issued, a new one each time: the relay remembers those that it met. */
function createUnknownKey() {
  const id = Array.from(randomBytes(16), (byte) => BASE32.charAt(byte % BASE32.length)).join('');
  return `HBRK${id}.${randomBytes(32).toString('base64url')}`;
}

/**
 * Writes the metric in CloudWatch's embedded format. Nothing that comes from outside is in the line.
 *
 * @param {{ health: number | string; keys: number | string; succeeded: boolean }} result
 */
function write({ health, keys, succeeded }) {
  const { RELAY_NAME: service = '', METRICS_NAMESPACE: Namespace = '' } = process.env;
  const Metrics = [{ Name: 'Succeeded', Unit: 'Count' }];
  const CloudWatchMetrics = [{ Namespace, Dimensions: [['service']], Metrics }];
  const embedded = { ['_aws']: { Timestamp: Date.now(), CloudWatchMetrics } };
  process.stdout.write(`${JSON.stringify({ ...embedded, service, health, keys, Succeeded: succeeded ? 1 : 0 })}\n`);
}
