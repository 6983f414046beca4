import type { RequestHandler } from './request-handler.ts';

/** What every AWS client of a container is made with. */
export interface AwsClientConfig {
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
