import { isIP } from 'node:net';

import type { Loggable } from '../http/trace.ts';

/** An IPv6 address with an IPv4 address at its end. A zone could make the text longer, and no client on the internet has one. */
const MAX_CHARACTERS = 45;

/** @returns the address; undefined for anything else, because the log takes no other text from outside. */
export function toLoggableAddress(sourceIp: string | undefined): Loggable | undefined {
  return sourceIp !== undefined && isAddress(sourceIp) ? sourceIp : undefined;
}

function isAddress(text: string): text is Loggable {
  return text.length <= MAX_CHARACTERS && isIP(text) !== 0;
}
