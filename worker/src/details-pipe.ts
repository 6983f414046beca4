import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A line that never ends must not fill the memory. Longer details are cut anyway. */
const MAX_LINE_CHARACTERS = 8_192;

/** Calls `onDetails` with each line that the work writes; with the newest one if there are several. */
export function readDetailsFrom(pipe: Readable, onDetails: (details: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let unfinished = '';
  pipe.on('data', (chunk: Buffer) => {
    const lines = (unfinished + decoder.write(chunk)).split('\n');
    unfinished = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    const newest = lines.at(-1);
    if (newest !== undefined) onDetails(newest);
  });
  // The work may close it, or end in the middle of a line.
  pipe.on('error', () => undefined);
}
