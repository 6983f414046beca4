import { CONSTRAINTS } from '../constraints.ts';
import { type Operation } from '../engine.ts';
import { validationFault } from '../faults.ts';
import { page } from '../paging.ts';
import { domainsOf } from '../registration.ts';
import { domainAt } from '../runs.ts';
import { type DomainState } from '../state.ts';
import { present } from '../wire.ts';
import { everywhere, onDomain } from './define.ts';

/** The ARN partition of a region. The names of China's and GovCloud's regions contain theirs. */
const partitionOf = (region: string): string => {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
};

const toDomainInfo = ({ place, status, description }: DomainState): Record<string, unknown> =>
  present({
    name: place.domain,
    status,
    description,
    arn: `arn:${partitionOf(place.region)}:swf:${place.region}:${place.accountId}:/domain/${place.domain}`,
  });

export const registerDomain: Operation = onDomain(CONSTRAINTS.RegisterDomain, ({ engine, input, at }) => {
  // Our own text: SWF itself would keep them, and policies could rest on them.
  if (input.tags !== undefined && input.tags.length > 0) throw validationFault('The local SWF does not keep tags');
  engine.execute({ kind: 'registerDomain', place: at, input });
  return undefined;
});

export const deprecateDomain: Operation = onDomain(CONSTRAINTS.DeprecateDomain, ({ engine, at }) => {
  engine.execute({ kind: 'deprecateDomain', place: at });
  return undefined;
});

export const describeDomain: Operation = onDomain(CONSTRAINTS.DescribeDomain, ({ engine, at }) => {
  const domain = domainAt(engine.state, at);
  return {
    domainInfo: toDomainInfo(domain),
    configuration: { workflowExecutionRetentionPeriodInDays: domain.retention },
  };
});

/** By name, in alphabetical order (SWF API Reference, ListDomains, reverseOrder). */
export const listDomains: Operation = everywhere(CONSTRAINTS.ListDomains, ({ engine, input, at }) => {
  const found = domainsOf(engine.state, at)
    .filter(({ status }) => status === input.registrationStatus)
    .sort((a, b) => (a.place.domain < b.place.domain ? -1 : 1));
  if (input.reverseOrder === true) found.reverse();
  const subject = `domains ${input.registrationStatus} ${String(input.reverseOrder ?? false)}`;
  const { entries, ...next } = page(engine, { ...at, domain: '' }, subject, found, input);
  return { domainInfos: entries.map(toDomainInfo), ...next };
});
