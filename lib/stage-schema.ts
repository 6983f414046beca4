import { z } from 'zod';

import { domainsSchema, REGION } from './domain-schema.ts';
import { findPartition } from './regions.ts';

/** The retention periods that CloudWatch Logs allows (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** DynamoDB API reference, CreateTable. */
const TABLE_NAME = z.string().regex(/^[\w.-]{3,255}$/, 'is not a valid DynamoDB table name');

/** `null` says that the keys have no events yet, because a version before this table issued them. */
const EVENTS_MESSAGE =
  'is neither the output KeyEventsTable of the stack that the keys come from, nor null if it has none';
const EVENTS_TABLE_NAME = z.string(EVENTS_MESSAGE).regex(/^[\w.-]{3,255}$/, EVENTS_MESSAGE);

/** The settings of keys that another stack made. */
const ADOPTION = ['tableName', 'kmsKeyArn', 'eventsTableName'];

const GENERATIONS_MESSAGE =
  'is neither 1, nor 2 for both of the first two, nor a list of one generation or two successive ones: [2] or [2, 3]';

/** `2` is the list `[1, 2]`: the stack has both KMS keys. */
const MAC_KEY_GENERATIONS = z
  .custom<number | readonly number[]>(isGenerations, GENERATIONS_MESSAGE)
  .transform((given) => (typeof given === 'number' ? [1, 2].slice(0, given) : given));

/** Labels have at most 63 characters, the name at most 253 (RFC 1035). No wildcards: clients connect to this name. */
const HOST_NAME = z
  .string()
  .regex(
    /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'is not a lower-case host name like relay.example.com',
  );

/** CloudWatch Logs API reference, CreateLogGroup; short enough that the rest of a name fits into its 512 characters. */
const LOG_GROUP_PREFIX = z
  .string()
  .regex(
    /^(?!aws\/)[\w./#-]{1,256}$/,
    'is not a prefix like /aws/vendedlogs/: 1 to 256 letters, digits and the characters _ . - / #',
  );

/**
 * Per second, as the mean of 5 minutes. SWF takes 160 heartbeats a second of an account (developer guide, quotas), so an
 * honest fleet stays below twice as many requests. 50 refusals a second are those of 1,500 workers that heartbeat each 30 s
 * and are all refused.
 */
const ALARM_THRESHOLDS = { requestsPerSecond: 320, clientErrorsPerSecond: 50 };

/**
 * Creates the schema for the settings of one stage. It refuses unknown settings.
 *
 * @param settings the unchecked settings. Some ARNs must be in their region, and there are two kinds of `workerKeys`.
 */
export function stageSchema(settings: object) {
  const region: unknown = 'region' in settings ? settings.region : undefined;
  const partition = typeof region === 'string' ? findPartition(region) : undefined;
  const arnIn = createArnIn(region, partition);
  return z.strictObject({
    region: REGION,
    domains: domainsSchema(partition),
    workerKeys: (isAdoption(settings) ? adoptionSchema(arnIn) : OWN_KEYS).optional(),
    customDomain: z
      .strictObject({ name: HOST_NAME, certificateArn: arnIn('acm', 'certificate/[\\w-]{1,64}', 'ACM certificate') })
      .optional(),
    // CloudWatch cannot notify a topic in another region.
    alarmTopicArn: arnIn('sns', '[\\w-]{1,256}', 'SNS topic').optional(),
    alarmThresholds: z
      .strictObject({
        requestsPerSecond: z.int().positive().default(ALARM_THRESHOLDS.requestsPerSecond),
        clientErrorsPerSecond: z.int().positive().default(ALARM_THRESHOLDS.clientErrorsPerSecond),
      })
      .default(ALARM_THRESHOLDS),
    reservedConcurrency: z.int().positive().optional(),
    throttle: z
      .strictObject({ ratePerSecond: z.int().positive(), burst: z.int().positive() })
      .default({ ratePerSecond: 1000, burst: 2000 }),
    logRetentionDays: z.literal(RETENTION_DAYS).default(30),
    logGroupPrefix: LOG_GROUP_PREFIX.optional(),
  });
}

const OWN_KEYS = z.strictObject({ macKeyGenerations: MAC_KEY_GENERATIONS });

function adoptionSchema(arnIn: ReturnType<typeof createArnIn>) {
  return z
    .strictObject({
      tableName: TABLE_NAME,
      // The id of a multi-Region key starts with `mrk-`. A single-Region key could not be moved to another Region.
      kmsKeyArn: arnIn('kms', 'key/mrk-[0-9a-f]{32}', 'multi-Region KMS key'),
      // Required, because a stack that adopted keys without their events would let revoked keys in.
      eventsTableName: EVENTS_TABLE_NAME.nullable(),
      macKeyGenerations: z
        .undefined(
          'does not go with an adopted KMS key: another stack with the same keys would refuse those that a second KMS key derives',
        )
        .optional(),
    })
    .refine(({ tableName, eventsTableName }) => tableName !== eventsTableName, {
      path: ['eventsTableName'],
      message: 'is the table of the worker keys themselves; name the output KeyEventsTable',
    });
}

/** Whatever is not about generations alone is read as an adoption, whose messages say what is missing. */
function isAdoption(settings: object): boolean {
  const keys: unknown = 'workerKeys' in settings ? settings.workerKeys : undefined;
  if (typeof keys !== 'object' || keys === null) return true;
  return !('macKeyGenerations' in keys) || ADOPTION.some((name) => name in keys);
}

/** Two at most: everybody is moved to a new generation before there is another one. */
function isGenerations(value: unknown): boolean {
  if (!isList(value)) return value === 1 || value === 2;
  const [first, second] = value;
  if (typeof first !== 'number' || !Number.isSafeInteger(first) || first < 1) return false;
  return value.length === 1 || (value.length === 2 && second === first + 1);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/**
 * Creates schemas for ARNs in the stage's region. If the region is unknown, that is reported instead, and every region and
 * partition is accepted here.
 */
function createArnIn(region: unknown, partition: string | undefined) {
  const [ownPartition, ownRegion] =
    partition === undefined ? ['aws[a-z-]*', '[a-z0-9-]+'] : [partition, String(region)];
  return (service: string, resource: string, thing: string) =>
    z
      .string()
      .regex(
        new RegExp(`^arn:${ownPartition}:${service}:${ownRegion}:\\d{12}:${resource}$`),
        `is not the ARN of ${/^[AEIOS]/.test(thing) ? 'an' : 'a'} ${thing} in the stack's region`,
      );
}
