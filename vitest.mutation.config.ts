import { defineConfig } from 'vitest/config';

/** What `npm run test:mutation` runs against every mutant: the tests of the files that it breaks, none of them slow or random. */
export default defineConfig({
  test: {
    include: ['test/lambda/**/*.test.ts', 'test/local/aws/iam/**/*.test.ts'],
    isolate: false,
  },
});
