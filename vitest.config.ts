import { defineConfig } from 'vitest/config';

/** `unit` needs nothing but the source; `stack` gets the synthesized template; `e2e` runs the whole local stack. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/**/*.stack.test.ts', 'test/e2e/**'] } },
      {
        test: {
          name: 'stack',
          include: ['test/**/*.stack.test.ts'],
          exclude: ['test/e2e/**'],
          globalSetup: ['test/assembly.ts'],
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/assembly.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
