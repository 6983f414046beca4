import { z } from 'zod';

import { assertPartition } from './domain-schema.ts';
import { MAC_KEY_GENERATIONS } from './mac-key-generations.ts';

/** DynamoDB API reference, CreateTable. */
const TABLE_NAME_FORM = /^[\w.-]{3,255}$/;
const TABLE_NAME_MESSAGE = 'is not a valid DynamoDB table name';
const TABLE_NAME = z.string().regex(TABLE_NAME_FORM, TABLE_NAME_MESSAGE);

/** `null` says that the keys have no events yet, because a version before this table issued them. */
const EVENTS_MESSAGE =
  'is neither the output KeyEventsTable of the stack that the keys come from, nor null if it has none';
const EVENTS_TABLE_NAME = z.string(EVENTS_MESSAGE).regex(TABLE_NAME_FORM, TABLE_NAME_MESSAGE);

/** The settings that adopt keys, and those of keys of the stack's own. */
const ADOPTING = ['tableName', 'kmsKeyArn', 'eventsTableName'];
const OWN = ['macKeyGenerations', 'issuerArns', 'stream'];

const ADOPTED_GENERATIONS_MESSAGE =
  'does not go with an adopted KMS key: another stack with the same keys would refuse those that a second KMS key derives';

const ADOPTED_ISSUERS_MESSAGE =
  'limits only a KMS key that the stack makes: set it in the stage that made the adopted one, or edit its key policy';

const STREAM_MESSAGE = 'is neither true nor false';
const ADOPTED_STREAM_MESSAGE =
  'does not go with adopted tables: set it in the stage that made them, or enable their streams yourself';

/** With wildcards in path and name, which may not stand for all of them. Session ARNs, `sts::…:assumed-role/…`, are none. */
const ISSUER_ARN = /^arn:(?<partition>aws[a-z-]*):iam::\d{12}:role\/(?=[/*?]*[\w+=,.@-])[\w+=,.@/*?-]{1,576}$/;
const ISSUER_MESSAGE =
  'is not the ARN of an IAM role, with its path; * and ? may stand for a part of path and name, but not for all of both';

/** A KMS key policy has at most 32 KB (KMS developer guide, quotas). */
const MAX_ISSUERS = 40;
const ISSUERS_MESSAGE = `is not a list of 1 to ${MAX_ISSUERS} ARNs of IAM roles`;

/**
 * Creates the schema of the setting `workerKeys`: either the keys that are adopted, or how the stack's own are issued.
 *
 * @param workerKeys the unchecked setting, which decides between the two.
 * @param kmsKeyArn the schema for a KMS key in the stage's region.
 * @param partition the stage's; undefined if its region is unknown.
 */
export function workerKeysSchema(workerKeys: unknown, kmsKeyArn: z.ZodString, partition: string | undefined) {
  const own = z.strictObject({
    macKeyGenerations: MAC_KEY_GENERATIONS.optional(),
    issuerArns: issuersSchema(partition).optional(),
    stream: z.boolean(STREAM_MESSAGE).optional(),
  });
  const adopted = z
    .strictObject({
      tableName: TABLE_NAME,
      kmsKeyArn,
      // Required, because a stack that adopted keys without their events would let revoked keys in.
      eventsTableName: EVENTS_TABLE_NAME.nullable(),
      macKeyGenerations: z.undefined(ADOPTED_GENERATIONS_MESSAGE).optional(),
      issuerArns: z.undefined(ADOPTED_ISSUERS_MESSAGE).optional(),
      stream: z.undefined(ADOPTED_STREAM_MESSAGE).optional(),
    })
    .refine(({ tableName, eventsTableName }) => tableName !== eventsTableName, {
      path: ['eventsTableName'],
      message: 'is the table of the worker keys themselves; name the output KeyEventsTable',
    });
  return (isAboutOwnKeys(workerKeys) ? own : adopted).optional();
}

/** Creates the schema of the roles that may derive secrets, by their ARNs. */
export function issuersSchema(partition: string | undefined) {
  const ownPartition = assertPartition(partition, (arn) => ISSUER_ARN.exec(arn)?.groups?.['partition']);
  const issuerArn = z.string(ISSUER_MESSAGE).regex(ISSUER_ARN, ISSUER_MESSAGE).superRefine(ownPartition);
  return z.array(issuerArn, ISSUERS_MESSAGE).min(1, ISSUERS_MESSAGE).max(MAX_ISSUERS, ISSUERS_MESSAGE);
}

/** What names neither kind is read as an adoption, whose messages say what is missing. */
function isAboutOwnKeys(workerKeys: unknown): boolean {
  if (typeof workerKeys !== 'object' || workerKeys === null) return false;
  return OWN.some((name) => name in workerKeys) && !ADOPTING.some((name) => name in workerKeys);
}
