import { z } from 'zod';

import { REGION } from './domain-schema.ts';
import { findPartition } from './regions.ts';
import { HOST_NAME, isInZone, plainSettings } from './relay-schema.ts';
import { workerKeysSchema } from './worker-keys-schema.ts';

const ZONE_ID_MESSAGE = 'is not the id of a hosted zone like Z0123456789ABCDEFGHIJ';
const HOSTED_ZONE = z.strictObject({
  id: z.string(ZONE_ID_MESSAGE).regex(/^Z[A-Z0-9]{1,31}$/, ZONE_ID_MESSAGE),
  name: HOST_NAME,
});

const BUCKET_MESSAGE = 'is not the name of an S3 bucket';
const FILE_MESSAGE = 'is not a text of 1 to 1024 characters';
const TRUSTSTORE = z.strictObject({
  bucket: z.string(BUCKET_MESSAGE).regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, BUCKET_MESSAGE),
  key: z.string(FILE_MESSAGE).min(1, FILE_MESSAGE).max(1024, FILE_MESSAGE),
  version: z.string(FILE_MESSAGE).min(1, FILE_MESSAGE).max(1024, FILE_MESSAGE).optional(),
});

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
    ...plainSettings(partition),
    // The id of a multi-Region key starts with `mrk-`. A single-Region key could not be moved to another Region.
    workerKeys: workerKeysSchema(workerKeys, arnIn('kms', 'key/mrk-[0-9a-f]{32}', 'multi-Region KMS key'), partition),
    customDomain: z
      .strictObject({
        name: HOST_NAME,
        certificateArn: arnIn('acm', 'certificate/[\\w-]{1,64}', 'ACM certificate'),
        hostedZone: HOSTED_ZONE.optional(),
        truststore: TRUSTSTORE.optional(),
      })
      .refine(({ name, hostedZone }) => hostedZone === undefined || isInZone(name, hostedZone.name), {
        path: ['hostedZone', 'name'],
        message: 'is not a zone that the name is in',
      })
      .optional(),
    encryptionKeyArn: arnIn('kms', 'key/[\\w-]{1,64}', 'KMS key').optional(),
    // CloudWatch cannot notify a topic in another region.
    alarmTopicArn: arnIn('sns', '[\\w-]{1,256}', 'SNS topic').optional(),
  });
}

/**
 * Creates schemas for ARNs in the stage's region. If the region is unknown, that is reported instead, and every region and
 * partition is accepted here.
 */
function createArnIn(region: unknown, partition: string | undefined) {
  const [ownPartition, ownRegion] =
    partition === undefined ? ['aws[a-z-]*', '[a-z0-9-]+'] : [partition, String(region)];
  const begins = (service: string): string =>
    partition === undefined ? '' : `, which begins with arn:${partition}:${service}:${String(region)}:`;
  return (service: string, resource: string, thing: string) =>
    z
      .string()
      .regex(
        new RegExp(`^arn:${ownPartition}:${service}:${ownRegion}:\\d{12}:${resource}$`),
        `is not the ARN of ${/^[AEIOS]/.test(thing) ? 'an' : 'a'} ${thing} in the stack's region${begins(service)}`,
      );
}
