import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../lambda/aws/bundled');

/** In the function's bundle, a file of the project replaces each of these modules. Each file says why. */
export const MODULE_REPLACEMENTS: Readonly<Record<string, string>> = {
  '@aws-sdk/credential-provider-node': `${FOLDER}/credentials.ts`,
  '@smithy/core/event-streams': `${FOLDER}/event-streams.ts`,
  '@aws-sdk/client-dynamodb': `${FOLDER}/dynamodb.ts`,
  '@aws-sdk/client-kms': `${FOLDER}/kms.ts`,
  '@aws-sdk/client-sts': `${FOLDER}/sts.ts`,
  'node:process': `${FOLDER}/process.ts`,
};
