import { RegionInfo } from 'aws-cdk-lib/region-info';
import { closestMatch } from 'leven';

/** Every region that AWS has, with its partition. The list is the CDK's own. */
const PARTITIONS: ReadonlyMap<string, string> = new Map(
  RegionInfo.regions.flatMap(({ name, partition }) => (partition === undefined ? [] : [[name, partition] as const])),
);

/** A name with more edits than these has nothing to do with the region. */
const MAX_SUGGESTED_EDITS = 3;

/** @returns the region's partition, such as `aws-us-gov`; undefined for a name that is not an AWS region. */
export function findPartition(region: string): string | undefined {
  return PARTITIONS.get(region);
}

/** Describes a name that is not an AWS region. If a region has a similar name, the text suggests it. */
export function describeUnknownRegion(name: string): string {
  const nearest = closestMatch(name, [...PARTITIONS.keys()], { maxDistance: MAX_SUGGESTED_EDITS });
  return `is not an AWS region${nearest === undefined ? '' : `: did you mean ${nearest}?`}`;
}
