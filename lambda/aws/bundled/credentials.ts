import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Replaces the SDK's chain of credential providers in the function's bundle. Lambda passes the role's credentials,
 * session token included, in the environment. It has none of the chain's other sources, and loading them would take
 * half of a cold start.
 */
export const defaultProvider = fromEnv;
