import { z } from 'zod';

import { DOMAIN_NAME, ROLE_ARN } from '../lambda/environment.ts';

/** The retention periods that CloudWatch Logs allows (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const REGION_NAME = /^[a-z]{2}(-[a-z]+)+-\d$/;
const REGION = z.string().regex(REGION_NAME, 'is not the name of an AWS region');

const DOMAIN = z
  .strictObject({
    region: REGION.optional(),
    roleArn: z.string().regex(ROLE_ARN, 'is not the ARN of an IAM role').optional(),
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, 'is not an external id that STS accepts')
      .optional(),
  })
  .refine(({ roleArn, externalId }) => externalId === undefined || roleArn !== undefined, {
    message: 'externalId requires roleArn',
    // Checked even after another problem, so that one run reports all problems.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

export const INVALID_DOMAIN_NAME =
  'is not a domain name that the relay accepts: 1 to 256 letters, digits, dots, hyphens and underscores, but not arn, . or ..';

const DOMAINS = z
  .record(z.string().regex(DOMAIN_NAME, INVALID_DOMAIN_NAME), DOMAIN)
  .refine((domains) => Object.keys(domains).length > 0, 'must contain at least one domain');

/** DynamoDB API reference, CreateTable. */
const TABLE_NAME = z.string().regex(/^[\w.-]{3,255}$/, 'is not a valid DynamoDB table name');

/** Labels have at most 63 characters, the name at most 253 (RFC 1035). No wildcards: clients connect to this name. */
const HOST_NAME = z
  .string()
  .regex(
    /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'is not a lower-case host name like relay.example.com',
  );

/**
 * Creates the schema for the settings of one stage. It refuses unknown settings.
 *
 * @param region the stage's unchecked `region` setting. Some ARNs must be in this region.
 */
export function stageSchema(region: unknown) {
  const arnIn = createArnIn(region);
  return z.strictObject({
    region: REGION,
    domains: DOMAINS,
    workerKeys: z
      .strictObject({
        tableName: TABLE_NAME,
        // The id of a multi-Region key starts with `mrk-`. A single-Region key could not be moved to another Region.
        kmsKeyArn: arnIn('kms', 'key/mrk-[0-9a-f]{32}', 'multi-Region KMS key'),
      })
      .optional(),
    customDomain: z
      .strictObject({ name: HOST_NAME, certificateArn: arnIn('acm', 'certificate/[\\w-]{1,64}', 'ACM certificate') })
      .optional(),
    // CloudWatch cannot notify a topic in another region.
    alarmTopicArn: arnIn('sns', '[\\w-]{1,256}', 'SNS topic').optional(),
    reservedConcurrency: z.int().positive().optional(),
    throttle: z
      .strictObject({ ratePerSecond: z.int().positive(), burst: z.int().positive() })
      .default({ ratePerSecond: 1000, burst: 2000 }),
    logRetentionDays: z.literal(RETENTION_DAYS).default(30),
  });
}

/**
 * Creates schemas for ARNs in the region. An invalid region is reported separately, so every region is accepted then.
 */
function createArnIn(region: unknown) {
  const isRegion = typeof region === 'string' && REGION_NAME.test(region);
  return (service: string, resource: string, thing: string) =>
    z
      .string()
      .regex(
        new RegExp(`^arn:aws[a-z-]*:${service}:${isRegion ? region : '[a-z0-9-]+'}:\\d{12}:${resource}$`),
        `is not the ARN of ${/^[AEIOS]/.test(thing) ? 'an' : 'a'} ${thing} in the stack's region`,
      );
}
