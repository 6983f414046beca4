import { readFileSync } from 'node:fs';

import { z } from 'zod';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

const VALUE = z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null);
const ITEM = z.record(z.string(), VALUE);
const KEY = z.object({ keyId: z.string(), secret: z.string() });

/**
 * What a local stack held after commit c1fa701, the last one before key events and version 2 keys, had issued three keys, revoked
 * one, and remembered a cancel request: its KMS root and its rows. Nobody may generate this file anew: such keys are in the hands
 * of workers.
 */
export const BEFORE = z
  .object({
    kmsRoot: z.string(),
    macKeyArn: z.string(),
    secrets: z.object({ running: KEY, ending: KEY, revoked: KEY }),
    workerKeys: z.array(ITEM),
    keyUse: z.array(ITEM),
    taskState: ITEM,
  })
  .parse(JSON.parse(readFileSync(new URL('before-key-events.json', import.meta.url), 'utf8')));
