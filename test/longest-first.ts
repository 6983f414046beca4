import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that wait for the relay's or SWF's real seconds, longest first: they start first, and all others run meanwhile. */
const WAITING = [
  'clients/contract-at-the-endpoint',
  'clients/aws-cli-options',
  'clients/aws-cli-answers',
  'clients/sdk-clients',
  'strict/matrix-ends',
  'e2e/keys-revoked',
  'e2e/verify-faults',
  'e2e/verify',
  'e2e/keys-story',
  'e2e/kit',
  'strict/least-privilege',
  'kit/suite',
  'e2e/readme',
  'strict/matrix',
  'strict/matrix-aws',
];

/** Then these, the heavy ones before the many small ones, and whatever is none of them last. */
const ORDER = [
  /\/test\/(?:e2e|strict)\//,
  /\.stack\.test\.ts$/,
  /\/test\/(?:cli|kit|local|operator|simulate|worker|lambda\/aws)\//,
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const waiting = WAITING.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  if (waiting >= 0) return waiting;
  const place = ORDER.findIndex((kind) => kind.test(moduleId));
  return WAITING.length + (place >= 0 ? place : ORDER.length);
}
