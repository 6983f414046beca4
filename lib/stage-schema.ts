import { z } from 'zod';

import { domainsSchema, REGION } from './domain-schema.ts';
import { findPartition } from './regions.ts';
import { workerKeysSchema } from './worker-keys-schema.ts';

/** The retention periods that CloudWatch Logs allows (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

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
  const workerKeys: unknown = 'workerKeys' in settings ? settings.workerKeys : undefined;
  const partition = typeof region === 'string' ? findPartition(region) : undefined;
  const arnIn = createArnIn(region, partition);
  return z.strictObject({
    region: REGION,
    domains: domainsSchema(partition),
    // The id of a multi-Region key starts with `mrk-`. A single-Region key could not be moved to another Region.
    workerKeys: workerKeysSchema(workerKeys, arnIn('kms', 'key/mrk-[0-9a-f]{32}', 'multi-Region KMS key'), partition),
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
