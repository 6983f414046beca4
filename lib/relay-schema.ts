import { z } from 'zod';

import { domainsSchema } from './domain-schema.ts';

/** The retention periods that CloudWatch Logs allows (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Labels have at most 63 characters, the name at most 253 (RFC 1035). No wildcards: clients connect to this name. */
export const HOST_NAME = z
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
 * The settings that a stage of `cdk.json` and the props of the construct have in common: whatever names nothing of AWS.
 *
 * @param partition the stack's; undefined if its region is unknown, which is a problem of its own.
 */
export function plainSettings(partition: string | undefined) {
  return {
    domains: domainsSchema(partition),
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
  };
}

/** Valid, and with every default filled in. */
export type PlainSettings = z.infer<z.ZodObject<ReturnType<typeof plainSettings>>>;
