import { runProgram } from '../cli/fake-terminal.ts';
import { AFolder } from './a-folder.ts';
import { AProcess } from './a-process.ts';
import { type Meddling, startProxy } from './a-proxy.ts';
import type { AStack } from './a-stack.ts';
import { writeState } from './verify-command.ts';

/** A command of `keys` that AWS does no more calls for. */
export interface BrokenOff extends AsyncDisposable {
  /** False if it came to its own end before. */
  readonly isBrokenOff: boolean;
  /** How many of the calls that AWS did for it changed something. */
  readonly writes: number;
}

/** Starts a command and breaks it off after so many steps. It never gets the answer to the last one. */
export type BreakOff = (
  a: Pick<AStack, 'stack' | 'connection'>,
  args: readonly string[],
  afterSteps: number,
) => Promise<BrokenOff>;

/** What changes nothing in AWS. The calls of CloudFormation and STS, which only tell something, name no operation. */
const READS: ReadonlySet<string | undefined> = new Set([
  'GetItem',
  'BatchGetItem',
  'Query',
  'Scan',
  'GenerateMac',
  undefined,
]);

/** The operator's way to AWS, through a proxy. */
async function openWay({ stack, connection }: Parameters<BreakOff>[0], meddling: Meddling) {
  const folder = new AFolder();
  const state = folder.state();
  const proxy = await startProxy(stack.awsUrl, meddling);
  writeState(state, { ...connection, awsUrl: proxy.url });
  const close = async (): Promise<void> => {
    await proxy.close();
    folder[Symbol.dispose]();
  };
  return { options: ['--local', '--state', state], close };
}

/** `kill -9`, in a process of its own. A step is a call. */
export const killAfter: BreakOff = async (a, args, afterSteps) => {
  let [calls, writes] = [0, 0];
  const started: AProcess[] = [];
  const way = await openWay(a, {
    toAnswerBody: (body, operation) => {
      calls += 1;
      if (!READS.has(operation)) writes += 1;
      const [program] = started;
      if (calls === afterSteps && program !== undefined) process.kill(program.pid, 'SIGKILL');
      return body;
    },
  });
  const program = new AProcess(process.execPath, ['cli/heartbeat-relay.mjs', 'keys', ...args, ...way.options]);
  started.push(program);
  await program.ended;
  return { isBrokenOff: calls >= afterSteps, writes, [Symbol.asyncDispose]: way.close };
};

/** Not one that the SDK tries again after. */
const REFUSED = { status: 400, body: '{"__type":"BrokenOff","message":"the command was broken off"}' };

/**
 * The same in this process, for a fraction of the time: all that the death of a command does to AWS is that it gets no
 * further call. A step is a call that changes something: what AWS holds is the same after every call until the next of these.
 *
 * The command is held until it is disposed of. Then its calls are refused on the way, and it ends.
 */
export const holdAfter: BreakOff = async (a, args, afterSteps) => {
  let [writes, isOver] = [0, false];
  const held = Promise.withResolvers<true>();
  const over = Promise.withResolvers<void>();
  const holdIfDone = async (): Promise<void> => {
    if (writes < afterSteps || isOver) return;
    held.resolve(true);
    await over.promise;
  };
  const way = await openWay(a, {
    holdUntil: holdIfDone,
    answerTo: () => (isOver ? REFUSED : undefined),
    toAnswerBody: async (body, operation) => {
      if (READS.has(operation)) return body;
      writes += 1;
      await holdIfDone();
      return body;
    },
  });
  const ended = runProgram(['keys', ...args, ...way.options]);
  const isBrokenOff = await Promise.race([held.promise, ended.then(() => false)]);
  const dispose = async (): Promise<void> => {
    isOver = true;
    over.resolve();
    await ended;
    await way.close();
  };
  return { isBrokenOff, writes, [Symbol.asyncDispose]: dispose };
};
