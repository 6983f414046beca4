import type { AwsAnswer, AwsApi } from './api.ts';
import { AwsFault } from './fault.ts';

/** AWS JSON 1.0 and 1.1: `X-Amz-Target` contains the operation, and `__type` in the body a fault's code. */
export function jsonProtocol(version: '1.0' | '1.1'): Pick<AwsApi, 'findOperation' | 'toFaultAnswer'> {
  return {
    findOperation: (headers) => {
      const target = headers['x-amz-target'];
      return typeof target === 'string' ? target.split('.').at(-1) : undefined;
    },
    toFaultAnswer: ({ code, message, status }) => toJsonAnswer(version, { __type: code, message }, status),
  };
}

export function toJsonAnswer(version: '1.0' | '1.1', body: unknown, status = 200): AwsAnswer {
  return {
    status,
    contentType: `application/x-amz-json-${version}`,
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

/** @throws AwsFault with the code of AWS's JSON APIs. */
export function parseJsonBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsFault('SerializationException', 'The request body is not valid JSON');
  }
}
