import { z } from 'zod';

import { DOMAIN_NAME, ROLE_ARN } from '../lambda/environment.ts';

/** CloudWatch Logs takes these numbers of days and no others (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const REGION_NAME = /^[a-z]{2}(-[a-z]+)+-\d$/;
const REGION = z.string().regex(REGION_NAME, 'is not the name of an AWS region');

const DOMAIN = z
  .strictObject({
    region: REGION.optional(),
    roleArn: z.string().regex(ROLE_ARN, "is not a role's ARN").optional(),
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, 'is not an external id as STS takes it')
      .optional(),
  })
  .refine(({ roleArn, externalId }) => externalId === undefined || roleArn !== undefined, {
    message: 'externalId goes with roleArn',
    // Also beside another problem, so that all are reported at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

export const NOT_A_DOMAIN_NAME =
  'is not a domain name the relay takes: 1 to 256 letters, digits, dots, hyphens and underscores, not arn, . or ..';

const DOMAINS = z
  .record(z.string().regex(DOMAIN_NAME, NOT_A_DOMAIN_NAME), DOMAIN)
  .refine((domains) => Object.keys(domains).length > 0, 'at least one domain is needed');

/** DynamoDB API reference, CreateTable. */
const TABLE_NAME = z.string().regex(/^[\w.-]{3,255}$/, "is not a DynamoDB table's name");

/** Labels of 63 characters, 253 in all (RFC 1035). No wildcard: the name is the relay's address. */
const HOST_NAME = z
  .string()
  .regex(
    /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'is not a name like relay.example.com, in lower case',
  );

/**
 * The settings of one stage in a region, unknown names refused.
 *
 * @param region as it stands there, sound or not: what must be in the stack's region is held against it.
 */
export function stageSchema(region: unknown) {
  const arnIn = createArnIn(region);
  return z.strictObject({
    region: REGION,
    domains: DOMAINS,
    workerKeys: z
      .strictObject({
        tableName: TABLE_NAME,
        // `mrk-` is what makes it multi-Region: a key of one Region alone could not be taken along.
        kmsKeyArn: arnIn('kms', 'key/mrk-[0-9a-f]{32}', 'multi-Region KMS key'),
      })
      .optional(),
    customDomain: z
      .strictObject({ name: HOST_NAME, certificateArn: arnIn('acm', 'certificate/[\\w-]{1,64}', 'ACM certificate') })
      .optional(),
    // CloudWatch notifies no topic of another region.
    alarmTopicArn: arnIn('sns', '[\\w-]{1,256}', 'SNS topic').optional(),
    reservedConcurrency: z.int().positive().optional(),
    throttle: z
      .strictObject({ ratePerSecond: z.int().positive(), burst: z.int().positive() })
      .default({ ratePerSecond: 1000, burst: 2000 }),
    logRetentionDays: z.literal(RETENTION_DAYS).default(30),
  });
}

/** Makes a schema of ARNs of the region. Where it is no region that is another problem, reported beside. */
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
