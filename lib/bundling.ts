import { fileURLToPath } from 'node:url';

const REPLACEMENTS = fileURLToPath(new URL('../lambda/aws/bundled', import.meta.url));

/**
 * Packages, and parts of them, that a file of the project takes the place of in the function's bundle: each file says why.
 */
export const REPLACED: Readonly<Record<string, string>> = {
  '@aws-sdk/credential-provider-node': `${REPLACEMENTS}/credentials.ts`,
  '@smithy/core/event-streams': `${REPLACEMENTS}/event-streams.ts`,
  '@aws-sdk/middleware-endpoint-discovery': `${REPLACEMENTS}/endpoint-discovery.ts`,
  '@aws-sdk/client-kms': `${REPLACEMENTS}/kms.ts`,
  '@aws-sdk/client-sts': `${REPLACEMENTS}/sts.ts`,
  'node:process': `${REPLACEMENTS}/process.ts`,
};
