import type { Readable } from 'node:stream';

/** Calls back with each line of a stream, without its line end. An unfinished line follows when the stream closes. */
export function forEachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.once('close', () => {
    if (rest !== '') onLine(rest);
  });
}
