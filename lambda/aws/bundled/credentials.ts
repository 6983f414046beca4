import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Takes the place of the SDK's chain of credential providers when the function is bundled. Lambda hands the role's
 * credentials over in the environment, session token included; none of the chain's other sources exists there, and
 * loading them would take half of the start.
 */
export const defaultProvider = fromEnv;
