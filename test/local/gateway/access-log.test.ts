import { expect, it } from 'vitest';

import { compileAccessLog } from '../../../local/gateway/access-log.ts';
import type { AccessFacts } from '../../../local/gateway/access-log.ts';
import { NOW } from './gateway.ts';

const facts: AccessFacts = {
  accountId: '111122223333',
  apiId: 'abc123',
  requestId: 'id=',
  method: 'GET',
  path: '/a"b',
  protocol: 'HTTP/1.1',
  domainName: '127.0.0.1:1',
  sourceIp: '127.0.0.1',
  userAgent: 'curl',
  timeEpochMs: NOW,
  status: 200,
  responseLatencyMs: 12,
  responseBytes: 3,
  integration: { latencyMs: 7, status: 200 },
};

it.each([
  { format: '$context.httpMethod $context.path.', line: 'GET /a\\"b.' },
  { format: '[$context.requestTime] $context.requestTimeEpoch', line: `[22/Nov/2026:08:00:00 +0000] ${NOW}` },
  { format: '$context.status/$context.integration.status/$context.integrationStatus', line: '200/200/200' },
  { format: '$context.responseLatency $context.integration.latency $context.responseLength', line: '12 7 3' },
  { format: '$context.error.message $context.integration.error', line: '- -' },
  { format: '$context.routeKey $context.stage $context.domainPrefix', line: '$default $default 127' },
])('$format', ({ format, line }) => {
  expect(compileAccessLog(format)(facts)).toBe(line);
});

it.each([
  { given: 'an unknown variable', format: '$context.identity.caller', message: 'identity.caller' },
  { given: 'a known variable with an unknown suffix', format: '$context.status.code', message: 'status.code' },
  { given: 'a stage variable', format: '$stageVariables.a', message: '$' },
  { given: 'more than 3 KB', format: 'x'.repeat(3_073), message: '3072' },
])('refuses $given', ({ format, message }) => {
  expect(() => compileAccessLog(format)).toThrow(message);
});
