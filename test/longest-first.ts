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

/** Then the project's order in vitest's configuration, last to first: the heavy ones before the many small ones. */
const PROJECTS = ['e2e', 'stack', 'local', 'swf-contract', 'unit'];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const waiting = WAITING.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return waiting >= 0 ? waiting : WAITING.length + PROJECTS.indexOf(project.name);
}
