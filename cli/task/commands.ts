import type { Command } from 'commander';

import { outputOption, stateOption, wholeNumber } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import type { EndOptions } from './end.ts';
import type { ListOptions } from './list.ts';
import type { StartTaskOptions } from './start.ts';

/** SWF limits a heartbeat timeout to 8 digits (API reference, ScheduleActivityTaskDecisionAttributes). */
const LONGEST_TIMEOUT_SECONDS = 99_999_999;
const DEFAULT_TIMEOUT_SECONDS = 3_600;
const MOST_TASKS = 100;

const ID_HELP =
  'a task id or a workflow id, as task list prints them; by default the newest task that was started here';

export function addTask(program: Command, terminal: Terminal): void {
  const task = program
    .command('task')
    .description('play decider and poller on the local SWF: start, list, cancel and complete activity tasks');
  for (const add of [addStart, addList, addCancel, addComplete]) add(task, terminal);
}

function addStart(task: Command, terminal: Terminal): void {
  task
    .command('start')
    .description('start activity tasks, and print everything that a worker needs')
    .option('--domain <name>', 'the SWF domain; by default the first of the stack')
    .option(
      '--heartbeat-timeout <seconds>',
      'SWF times a task out after so long without a heartbeat',
      wholeNumber(1, LONGEST_TIMEOUT_SECONDS),
      DEFAULT_TIMEOUT_SECONDS,
    )
    .option('--count <number>', 'how many tasks to start', wholeNumber(1, MOST_TASKS), 1)
    .addOption(
      outputOption(['text', 'json', 'env'], 'json: one object per task and line; env: NAME=value lines for one task'),
    )
    .addOption(stateOption())
    .addHelpText(
      'after',
      `
The newest task also becomes the one that the curl commands of npm start are about.

Examples:
  npm run task -- start --heartbeat-timeout 30
  npm run -s task -- start --output env > worker.env
  npm run -s task -- start --count 20 --output json
`,
    )
    .action(async (options: StartTaskOptions) => {
      const { start } = await import('./start.ts');
      await start(options, terminal);
    });
}

function addList(task: Command, terminal: Terminal): void {
  task
    .command('list')
    .description('list the open activity tasks of every domain, the newest first')
    .option('--domain <name>', 'only this domain')
    .option('--watch', 'print the list again every second, until Ctrl-C', false)
    .addOption(outputOption(['text', 'json'], 'json: a list of objects'))
    .addOption(stateOption())
    .addHelpText(
      'after',
      `
Columns: age, last heartbeat and time left until SWF times the task out, then state and details.

Examples:
  npm run task -- list
  npm run task -- list --watch
`,
    )
    .action(async (options: ListOptions) => {
      const { list } = await import('./list.ts');
      await list(options, terminal);
    });
}

function addCancel(task: Command, terminal: Terminal): void {
  task
    .command('cancel')
    .description('ask the worker of a task to cancel: its next heartbeat says so')
    .argument('[id]', ID_HELP)
    .option('--domain <name>', 'the SWF domain; by default the first of the stack')
    .addOption(outputOption(['text', 'json'], 'json: one object'))
    .addOption(stateOption())
    .action(async (id: string | undefined, options: EndOptions) => {
      const { cancel } = await import('./end.ts');
      await cancel(id, options, terminal);
    });
}

function addComplete(task: Command, terminal: Terminal): void {
  task
    .command('complete')
    .description('answer SWF that a task is completed, and close its workflow execution')
    .argument('[id]', ID_HELP)
    .option('--domain <name>', 'the SWF domain; by default the first of the stack')
    .addOption(outputOption(['text', 'json'], 'json: one object'))
    .addOption(stateOption())
    .action(async (id: string | undefined, options: EndOptions) => {
      const { complete } = await import('./end.ts');
      await complete(id, options, terminal);
    });
}
