import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

export interface Size {
  readonly bytes: number;
  readonly gzipBytes: number;
}

export function measureSize(file: string): Size {
  const content = readFileSync(file);
  return { bytes: content.length, gzipBytes: gzipSync(content, { level: 9 }).length };
}
