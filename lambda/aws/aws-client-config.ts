import type { RequestHandler } from './request-handler.ts';

/** Configuration of every AWS client of a container. */
export interface AwsClientConfig extends Partial<typeof SDK_DEFAULTS> {
  readonly region: string;
  /** All clients share it, and so share one connection pool. */
  readonly requestHandler: RequestHandler;
  /** Default: AWS's own endpoint. */
  readonly endpoint?: string;
  /** Default: the credentials in Lambda's environment. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

/** The SDK's defaults, set explicitly. Each client looks up an unset option in the environment and in two files. */
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
