import type { Command } from 'commander';

import { readConnection } from '../local/connection.ts';
import { FaultRuleError, parseFaultRule } from '../local/faults.ts';
import { FAULTS_FILE, readActiveRules } from '../local/faults-file.ts';
import { StateFolder } from '../local/state-folder.ts';
import { UsageError } from '../operator/usage-error.ts';
import { outputOption, stateOption } from './options.ts';
import type { Terminal } from './terminal.ts';
import { toJson } from './json.ts';

const OUTPUTS = ['text', 'json'] as const;
type Output = (typeof OUTPUTS)[number];

interface Options {
  readonly state: string;
  readonly output: Output;
}

const HELP = `
A rule is service[.Operation][/Table|/taskId]=kind[:share|:delay][@duration].
Kinds: throttle, error, down, hang, slow, stall, reset, garbage.
"stall" does nothing for 3 minutes or the given time, and then answers with status 500.

Examples:
  npx heartbeat-relay faults set swf=throttle:30% kms=slow:3s
  npx heartbeat-relay faults set dynamodb/TaskStates=reset:5%@10s
  npx heartbeat-relay faults set swf/jfGdo-fHqdd3-P4f0ZTVKdq0FwcmDwHZ8q6M510lXcg=stall:60s
  npx heartbeat-relay faults list
  npx heartbeat-relay faults clear
`;

export function addFaults(program: Command, terminal: Terminal): void {
  const faults = program
    .command('faults')
    .description('make the AWS services of the running local stack fail')
    .argument('[rules...]', 'the same as faults set; without a rule, the same as faults list')
    .addOption(stateOption())
    .addOption(outputOption(OUTPUTS, 'json: a list of rules'))
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', HELP)
    .action(async (rules: string[], options: Options) => {
      await (rules.length === 0 ? list(options, terminal) : set(rules, options, terminal));
    });
  faults
    .command('list')
    .description('print the rules in force')
    .action(async () => list(faults.opts(), terminal));
  faults
    .command('set')
    .description('replace the rules in force')
    .argument('<rules...>', 'for example swf=error')
    .action(async (rules: string[]) => set(rules, faults.opts(), terminal));
  faults
    .command('clear')
    .description('remove every rule')
    .action(async () => set([], faults.opts(), terminal));
}

async function list({ state, output }: Options, terminal: Terminal): Promise<void> {
  readConnection(state);
  await terminal.print(toText(output, readActiveRules(StateFolder.of(state).file(FAULTS_FILE), Date.now())));
}

async function set(rules: readonly string[], { state, output }: Options, terminal: Terminal): Promise<void> {
  readConnection(state);
  rules.forEach(assertFaultRule);
  StateFolder.of(state).write(FAULTS_FILE, rules.map((rule) => `${rule}\n`).join(''));
  await terminal.print(toText(output, rules));
}

function toText(output: Output, rules: readonly string[]): string {
  switch (output) {
    case 'text':
      return rules.length === 0 ? 'no faults\n' : rules.map((rule) => `${rule}\n`).join('');
    case 'json':
      return `${toJson(rules)}\n`;
  }
}

function assertFaultRule(rule: string): void {
  try {
    parseFaultRule(rule);
  } catch (error) {
    throw error instanceof FaultRuleError ? new UsageError(error.message, { cause: error }) : error;
  }
}
