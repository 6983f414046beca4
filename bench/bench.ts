/** `npm run bench`: measures the relay and, in the same run, the baselines that it is compared with. */
import { Command, Option } from 'commander';

import type { BenchOptions } from './actions.ts';

await new Command('npm run bench --')
  .description('measure bundle, cold start, heartbeats, calls and throughput against their limits: docs/performance.md')
  .option('--json', 'print JSON instead of tables', false)
  .option('--check', 'run short rounds, and end with exit code 1 if a limit is missed', false)
  .option('--profile', 'print where the CPU time of a warm heartbeat goes', false)
  .addOption(new Option('--write', 'write the figures into docs/performance.md').default(false).conflicts('check'))
  .allowExcessArguments(false)
  .action(async (options: BenchOptions) => {
    const { measure, profile } = await import('./actions.ts');
    await (options.profile ? profile(options) : measure(options));
  })
  .parseAsync();
