import { expect } from 'vitest';

import { recorded } from '../relay/replies.ts';
import { inTurn } from '../relay/scripted-relay.ts';
import { COMMANDS, type Situation } from '../situation.ts';
import type { WorkerKind } from '../worker-under-test.ts';

/** The work does not start, and nothing is sent. */
const refused = (name: string, more: Partial<Situation>, mentions: string, isExpensive = false): Situation => ({
  name: `does not start ${name}`,
  timeoutSeconds: 30,
  relay: inTurn(recorded()),
  work: 'saw work',
  only: COMMANDS,
  exitCode: 2,
  saw: [],
  afterwards: ({ relay, lines }) => {
    expect(relay.received).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/^heartbeat: /)]);
    expect(lines[0]).toContain(mentions);
  },
  isExpensive,
  ...more,
});

interface NotStarted {
  readonly name: string;
  readonly command: string;
  readonly exitCode: number;
  readonly cause: string;
}

/** The worker says why. With the shell worker, the system does. */
function notStarted({ name, command, exitCode, cause }: NotStarted, isExpensive = false): Situation[] {
  const ends = (only: readonly WorkerKind[], says: string): Situation => ({
    name: `ends with ${exitCode} if the command ${name}`,
    timeoutSeconds: 30,
    relay: inTurn(recorded()),
    only,
    command: [command],
    exitCode,
    afterwards: ({ lines }) => expect(lines).toContainEqual(expect.stringContaining(says)),
    isExpensive,
  });
  return [
    ends(['node-command', 'python-command'], `heartbeat: work not started: ${cause}`),
    ends(['shell'], `${command}: `),
  ];
}

const variable = (name: string, value: string | undefined): Partial<Situation> => ({
  variables: () => ({ [name]: value }),
});

/** What was printed is all in one line, so the password is nowhere. */
const proxy = (value: string): Partial<Situation> => ({
  variables: () => ({ HEARTBEAT_RELAY_URL: 'https://relay.example', HTTPS_PROXY: value }),
  afterwards: ({ relay, lines }) => {
    expect(relay.received).toEqual([]);
    expect(lines).toEqual(['heartbeat: HTTPS_PROXY must name a proxy as http://host:port']);
  },
});

/** Command lines and variables that cannot be used. */
export const USAGE: readonly Situation[] = [
  refused('with http: to another host', variable('HEARTBEAT_RELAY_URL', 'http://relay.example'), 'HEARTBEAT_RELAY_URL'),
  refused(
    'with a user in the URL',
    variable('HEARTBEAT_RELAY_URL', 'https://a:b@127.0.0.1'),
    'HEARTBEAT_RELAY_URL',
    true,
  ),
  refused('with a proxy of another kind, nor prints it', proxy('socks5://user:hunter2@proxy.example'), 'HTTPS_PROXY'),
  refused('with a proxy that is no URL, nor prints it', proxy('http://user:hunter2@bad host'), 'HTTPS_PROXY', true),
  refused(
    'with a proxy that ends in white space, nor prints it',
    proxy('http://user:hunter2@proxy.example '),
    'HTTPS_PROXY',
    true,
  ),
  refused('without a task token', variable('TASK_TOKEN', undefined), 'TASK_TOKEN', true),
  refused('without a domain', variable('HEARTBEAT_DOMAIN', undefined), 'HEARTBEAT_DOMAIN', true),
  refused('with a domain that leaves its path', variable('HEARTBEAT_DOMAIN', '..'), 'HEARTBEAT_DOMAIN', true),
  refused(
    'with a timeout of no whole number',
    variable('HEARTBEAT_TIMEOUT_SECONDS', '1.5'),
    'HEARTBEAT_TIMEOUT_SECONDS',
    true,
  ),
  refused('without a key', variable('HEARTBEAT_KEY_FILE', undefined), 'HEARTBEAT_KEY', true),
  refused('with a key file that is missing', variable('HEARTBEAT_KEY_FILE', '/nowhere'), 'HEARTBEAT_KEY_FILE', true),
  refused('with a key file that holds no key', { keyFileContent: 'nonsense' }, 'HEARTBEAT_KEY_FILE', true),
  refused('with an unknown option', { options: ['--unknown'] }, '--unknown', true),
  refused('with a grace period of no number', { options: ['--grace=soon'] }, '--grace', true),
  refused('without a command', { command: [] }, 'COMMAND', true),
  ...notStarted({ name: 'is not found', command: 'no-such-command', exitCode: 127, cause: 'command not found' }, true),
  ...notStarted({
    name: 'is no program',
    command: '/etc/passwd/command',
    exitCode: 126,
    cause: 'command cannot be executed',
  }),
];
