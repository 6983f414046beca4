import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;
const MAX_POLLS = 2_000;

/**
 * dynalite answers before a new table can be used, as DynamoDB does, and takes a few milliseconds.
 *
 * @param isActive asks for the table's status.
 * @throws Error if the table cannot be used after ten seconds.
 */
export async function untilActive(table: string, isActive: () => Promise<boolean>): Promise<void> {
  for (let poll = 0; poll < MAX_POLLS; poll += 1) {
    if (await isActive()) return;
    await sleep(POLL_MS);
  }
  throw new Error(`the table ${table} does not become active`);
}
