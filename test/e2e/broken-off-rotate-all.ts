import { readdirSync, readFileSync } from 'node:fs';

import { expect } from 'vitest';

import { findEvent, readEvents } from '../../operator/key-events.ts';
import { findKey } from '../../operator/key-records.ts';
import type { AFolder } from './a-folder.ts';
import type { AStack } from './a-stack.ts';
import { aKey, keys, type Scene } from './broken-off-command.ts';
import { ISSUED, type IssuedJson } from './keys-command.ts';

interface RotateAllScene extends Scene {
  /** What the successors' files hold, once it was checked. */
  readonly issued: readonly IssuedJson[];
}

/** Rotates two keys, each with 5 writes, into files of a folder. No other key of the stack is left to rotate. */
export async function rotatingAll(a: AStack, folder: AFolder): Promise<RotateAllScene> {
  const old = [await aKey(a, 2), await aKey(a, 2)];
  const successors = folder.state('successors');
  const args = ['rotate', '--all', '--overlap', '30d', '--yes', '--output', 'json', '--output-folder', successors];
  const issued: IssuedJson[] = [];
  const check = async (): Promise<void> => {
    expect(await keys(a, ...args)).toMatchObject({ exitCode: 0 });
    expect(await keys(a, ...args)).toMatchObject({ exitCode: 0, stderr: 'no key is left to rotate\n' });
    const files = readdirSync(successors).map((file) => readFileSync(`${successors}/${file}`, 'utf8'));
    expect(files).toHaveLength(old.length);
    issued.push(...files.map((text) => ISSUED.parse(JSON.parse(text))));
    const planned = await Promise.all(
      old.map(async ({ keyId }) => findEvent(await readEvents(a.target, keyId), 'rotated')?.['successor']?.S),
    );
    expect(new Set(issued.map(({ keyId }) => keyId))).toEqual(new Set(planned));
    for (const { keyId } of old) expect((await findKey(a.target, keyId)).expiresAtMs).not.toBeNull();
  };
  return { args, check, issued };
}
