import type { RequestHandler } from './request-handler.ts';

/** What every AWS client of a container is made with. */
export interface AwsClientConfig extends Partial<typeof SDK_DEFAULTS> {
  readonly region: string;
  /** Shared by all clients, so that they share connections. */
  readonly requestHandler: RequestHandler;
  /** AWS's own where absent. */
  readonly endpoint?: string;
  /** Those of Lambda's environment where absent. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

/** The SDK's own defaults, said aloud: what is not, each client looks up in the environment and in two files. */
const NO_SCHEMES: string[] = [];
const SDK_DEFAULTS = {
  authSchemePreference: NO_SCHEMES,
  defaultsMode: 'legacy',
  maxAttempts: 3,
  retryMode: 'standard',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: async () => undefined,
} as const;

export function toAwsClientConfig(region: string, requestHandler: RequestHandler): AwsClientConfig {
  return { ...SDK_DEFAULTS, region, requestHandler };
}
