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

export const isInZone = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

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

const FLAG = z.boolean('is neither true nor false').optional();

const RUNBOOK_MESSAGE = 'is not an https address like https://wiki.example.com/relay';
const RUNBOOK_URL = z
  .string(RUNBOOK_MESSAGE)
  .regex(/^https:\/\/[\w.-]+(?::\d+)?(?:\/[^\s#"<>]{0,400})?$/, RUNBOOK_MESSAGE);

/** IAM API reference, CreateRole. The function's environment holds path and prefix once. */
const ROLE_PATH_MESSAGE = 'is not a path like /relay/ of at most 8 parts';
const ROLE_PATH = z.string(ROLE_PATH_MESSAGE).regex(/^\/(?:[\w+=,.@-]{1,64}\/){0,8}$/, ROLE_PATH_MESSAGE);
/** With it, the longest name of a domain's role has the 64 characters that IAM allows. */
const ROLE_NAME_PREFIX_MESSAGE =
  'is not the beginning of a role name: 1 to 16 letters, digits and the characters _ + = , . @ -';
const ROLE_NAME_PREFIX = z.string(ROLE_NAME_PREFIX_MESSAGE).regex(/^[\w+=,.@-]{1,16}$/, ROLE_NAME_PREFIX_MESSAGE);

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
    retainLogs: FLAG,
    okActions: FLAG,
    canary: FLAG,
    runbookUrl: RUNBOOK_URL.optional(),
    roles: z.strictObject({ path: ROLE_PATH.optional(), namePrefix: ROLE_NAME_PREFIX.optional() }).optional(),
  };
}

/** Valid, and with every default filled in. */
export type PlainSettings = z.infer<z.ZodObject<ReturnType<typeof plainSettings>>>;
