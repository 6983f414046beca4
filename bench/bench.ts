/** `npm run bench`: measures the relay and, in the same run, the baselines that it is compared with. */
import { Command, Option } from 'commander';

import type { BenchOptions } from './actions.ts';
import { toKitTable } from './report/kit-table.ts';

await new Command('npm run bench --')
  .description('measure bundle, cold start, heartbeats, calls and throughput against their limits: docs/performance.md')
  .option('--json', 'print JSON instead of tables', false)
  .option('--check', 'run short rounds, and end with exit code 1 if a limit is missed', false)
  .option('--profile', 'print where the CPU time of a warm heartbeat goes', false)
  .option('--kit', 'print what 500 tasks of the worker kit cost in one process, and in one process each', false)
  .addOption(new Option('--write', 'write the figures into docs/performance.md').default(false).conflicts('check'))
  .allowExcessArguments(false)
  .action(async (options: BenchOptions & { readonly kit: boolean }) => {
    if (options.kit) {
      const { measureKit } = await import('./kit/measure-kit.ts');
      console.log(toKitTable(await measureKit()));
      return;
    }
    const { measure, profile } = await import('./actions.ts');
    await (options.profile ? profile(options) : measure(options));
  })
  .parseAsync();
