import { z } from 'zod';

import { DOMAIN_NAME, HEARTBEAT_SECONDS, OPERATIONS, ROLE_ARN } from '../lambda/environment/environment.ts';
import { describeUnknownRegion, findPartition } from './regions.ts';

/** The name of a region that AWS has. */
export const REGION = z.string().refine((name) => findPartition(name) !== undefined, {
  error: ({ input }) => describeUnknownRegion(String(input)),
});

export const INVALID_DOMAIN_NAME =
  'is not a domain name that the relay accepts: 1 to 256 letters, digits, dots, hyphens and underscores, but not arn, . or ..';

const DOMAIN_KEY = z.string().regex(DOMAIN_NAME, INVALID_DOMAIN_NAME);

const EXTERNAL_ID = z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, 'is not an external id that STS accepts');

const { min, max } = HEARTBEAT_SECONDS;
const INVALID_SECONDS = `is not a whole number of seconds from ${min} to ${max}`;
const SECONDS = z
  .number(INVALID_SECONDS)
  .refine((seconds) => Number.isInteger(seconds) && seconds >= min && seconds <= max, INVALID_SECONDS);

const INVALID_OPERATIONS = `is not a list of ${OPERATIONS.join(', ')}, each at most once, with heartbeat among them`;

/** Heartbeats are always allowed: they are how the relay learns SWF's words about a task that it ended. */
const OPERATION_LIST = z
  .array(z.enum(OPERATIONS, INVALID_OPERATIONS), INVALID_OPERATIONS)
  .refine((list) => list.includes('heartbeat') && new Set(list).size === list.length, INVALID_OPERATIONS);

/**
 * The domains of a stage.
 *
 * @param partition the stage's partition; undefined if its region is unknown, which is a problem of its own.
 */
export function domainsSchema(partition: string | undefined) {
  const region = REGION.superRefine(assertPartition(partition, findPartition)).optional();
  const roleArn = z
    .string()
    .regex(ROLE_ARN, 'is not the ARN of an IAM role')
    .superRefine(assertPartition(partition, (arn) => ROLE_ARN.exec(arn)?.groups?.['partition']))
    .optional();
  const domain = z
    .strictObject({
      region,
      roleArn,
      externalId: EXTERNAL_ID.optional(),
      heartbeatTimeoutSeconds: SECONDS.optional(),
      nextHeartbeatSeconds: SECONDS.optional(),
      operations: OPERATION_LIST.optional(),
      rate: z.strictObject({ perSecond: z.int().positive(), burst: z.int().positive().optional() }).optional(),
    })
    .refine((settings) => settings.externalId === undefined || settings.roleArn !== undefined, {
      message: 'externalId requires roleArn',
      // Checked even after another problem, so that one run reports all problems.
      when: ({ value }) => typeof value === 'object' && value !== null,
    });
  return z
    .record(DOMAIN_KEY, domain)
    .refine((domains) => Object.keys(domains).length > 0, 'must contain at least one domain');
}

/** IAM, STS and SWF of one partition know nothing of another's, so no session could ever be opened. */
export function assertPartition(partition: string | undefined, findOwn: (value: string) => string | undefined) {
  return (value: string, context: z.core.$RefinementCtx<string>): void => {
    const own = findOwn(value);
    if (partition === undefined || own === undefined || own === partition) return;
    const message = `is in the partition ${own}, but the stage is in ${partition}: a session cannot cross partitions`;
    context.addIssue({ code: 'custom', message, input: value });
  };
}
