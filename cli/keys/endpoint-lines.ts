import type { DomainEndpoints } from '../../operator/endpoints.ts';
import { alignColumns } from '../columns.ts';
import { toPrintable } from './printable.ts';

const TITLES = ['domain', 'POST heartbeats to', 'endpoint of AWS clients', 'their region'];

/** A line for each domain, under a line of titles. */
export function toEndpointLines(endpoints: readonly DomainEndpoints[]): string {
  const rows = endpoints.map(({ domain, heartbeatUrl, awsEndpoint, region }) =>
    [domain, heartbeatUrl, awsEndpoint, region].map(toPrintable),
  );
  return alignColumns([TITLES, ...rows])
    .map((line) => `${line}\n`)
    .join('');
}
