import { setTimeout as sleep } from 'node:timers/promises';

/** Only what hangs meets it. */
const PATIENCE_MS = 500_000;
const LOOK_AGAIN_MS = 50;

/** The first answer that is not undefined; rejects where none comes in time. */
export async function until<T>(what: string, find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const endsAtMs = Date.now() + PATIENCE_MS;
  while (Date.now() < endsAtMs) {
    const found = await find();
    if (found !== undefined) return found;
    await sleep(LOOK_AGAIN_MS);
  }
  throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
}
