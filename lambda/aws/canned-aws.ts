import type { KeyId, WorkerSecret } from '../workers/worker-key.ts';
import type { RequestHandler } from './request-handler.ts';

/** The part of a request that identifies its connection. */
export interface Origin {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

/** The one worker key and domain that the answers are about. */
export interface CannedKey {
  readonly keyId: KeyId;
  readonly secret: WorkerSecret;
  readonly domain: string;
  readonly kmsKeyArn: string;
  readonly workerKeysTable: string;
  readonly keyEventsTable: string;
}

/**
 * Answers the AWS calls of one heartbeat without a connection.
 *
 * @param onOrigin receives every origin of a request, once.
 */
export function createCannedAws(key: CannedKey, onOrigin: (origin: Origin) => void): RequestHandler {
  const seen = new Set<string>();
  return {
    handle: async ({ protocol, hostname, port, headers }) => {
      const name = `${protocol}//${hostname}:${port ?? ''}`;
      if (!seen.has(name)) onOrigin({ protocol, hostname, ...(port === undefined ? {} : { port }) });
      seen.add(name);
      const operation = headers['x-amz-target']?.split('.').at(-1);
      const body = operation === undefined ? ASSUME_ROLE_RESPONSE : JSON.stringify(toAnswers(key)[operation] ?? {});
      return { response: { statusCode: 200, headers: {}, body: Buffer.from(body) } };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

/** Bodies of the answers, by operation. */
function toAnswers({ keyId, secret, domain, kmsKeyArn, ...tables }: CannedKey): Readonly<Record<string, object>> {
  const record = {
    keyId: { S: keyId },
    label: { S: 'canned' },
    domains: { L: [{ S: domain }] },
    status: { S: 'active' },
    createdAt: { S: '2026-01-01T00:00:00.000Z' },
    expiresAt: { NULL: true },
    derivation: { M: { version: { N: '1' }, kmsKeyArn: { S: kmsKeyArn } } },
  };
  return {
    BatchGetItem: { Responses: { [tables.workerKeysTable]: [record], [tables.keyEventsTable]: [] } },
    GenerateMac: { Mac: Buffer.from(secret, 'base64url').toString('base64') },
    UpdateItem: {
      Attributes: {
        state: { S: 'open' },
        cancelRequested: { BOOL: false },
        observedAt: { N: '0' },
        spentUntil: { N: '0' },
      },
    },
    RecordActivityTaskHeartbeat: { cancelRequested: false },
  };
}

/** STS answers in XML. */
const ASSUME_ROLE_RESPONSE =
  '<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIACANNED</AccessKeyId>' +
  '<SecretAccessKey>canned</SecretAccessKey><SessionToken>canned</SessionToken>' +
  '<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>';
