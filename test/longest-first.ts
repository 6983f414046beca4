import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that mostly wait, for the relay's seconds or SWF's or for a process of their own: the longest first. */
const WAITING = [
  'e2e/verify-faults',
  'e2e/keys-revoked',
  'e2e/verify',
  'e2e/kit',
  'kit/suite',
  'strict/matrix-aws',
  'e2e/readme',
  'e2e/keys-story',
  'lambda/aws/bundled',
  'strict/alarms-platform',
  'strict/alarms',
  'worker/many-tasks',
  'e2e/npm-start',
  'strict/stall',
  'strict/matrix-outages',
  'strict/batch',
].map((name) => new RegExp(`/test/${name}\\.test\\.ts$`));

/** Files that compute, by their path: those with the most to do first. What matches no pattern is small, and comes last. */
const COMPUTING = [
  /\/clients\/(?:contract-at-the-endpoint|aws-cli-options|aws-cli-answers|sdk-clients)\./,
  /\/strict\/matrix-ends\./,
  /\/strict\/(?:matrix|least-privilege|disorder)\./,
  /\/strict\/|\/e2e\/keys-/,
  /\/e2e\//,
  /\.stack\.test\.ts$/,
  /\/test\/(?:cli|kit|local|operator|simulate|worker|lambda\/aws)\//,
];

/** Files that wait leave the processor to others, so one of them begins with every sixth that computes. */
const COMPUTING_PER_WAITING = 6;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waiting = inOrderOf(WAITING, sorted.filter(isWaiting));
    const computing = inOrderOf(
      COMPUTING,
      sorted.filter((file) => !isWaiting(file)),
    );
    const mixed: TestSpecification[] = [];
    for (const [index, file] of computing.entries()) {
      if (index % COMPUTING_PER_WAITING === 0) mixed.push(...waiting.splice(0, 1));
      mixed.push(file);
    }
    return [...mixed, ...waiting];
  }
}

function isWaiting({ moduleId }: TestSpecification): boolean {
  return WAITING.some((pattern) => pattern.test(moduleId));
}

function inOrderOf(patterns: readonly RegExp[], files: readonly TestSpecification[]): TestSpecification[] {
  const placeOf = ({ moduleId }: TestSpecification): number => {
    const place = patterns.findIndex((pattern) => pattern.test(moduleId));
    return place >= 0 ? place : patterns.length;
  };
  return files.toSorted((one, other) => placeOf(one) - placeOf(other));
}
