import { parseArgs } from 'node:util';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { runCommand, UsageError } from '../../cli/usage.ts';

describe('runCommand', () => {
  const exitCodeBefore = process.exitCode;
  const written: string[] = [];

  beforeEach(() => {
    written.length = 0;
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  });

  afterEach(() => {
    process.exitCode = exitCodeBefore;
    vi.restoreAllMocks();
  });

  it('leaves exit code and standard error alone where all went well', async () => {
    await runCommand(async () => undefined);
    expect({ written, exitCode: process.exitCode }).toEqual({ written: [], exitCode: exitCodeBefore });
  });

  const misread = () => void parseArgs({ args: ['--colour'], options: {} });
  const fail = (error: unknown) => (): never => {
    throw error;
  };

  it.each([
    { given: 'wrong use', run: fail(new UsageError('name a relay')), says: /^name a relay\n$/, code: 2 },
    { given: 'arguments of no meaning', run: misread, says: /^Unknown option.*\n$/, code: 2 },
    { given: 'any other fault', run: fail(new Error('no such host\n  at all')), says: /^no such host\n$/, code: 1 },
    { given: 'what is no error', run: fail('gone'), says: /^gone\n$/, code: 1 },
  ])('ends $given with one line, and exit code $code', async ({ run, says, code }) => {
    await runCommand(async () => run());
    expect({ written, exitCode: process.exitCode }).toEqual({ written: [expect.stringMatching(says)], exitCode: code });
  });
});
