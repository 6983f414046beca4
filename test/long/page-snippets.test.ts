import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { installGoV2, installJavaV2 } from '../clients/compiled-sdk-clients.rows.ts';
import { runProgram } from '../clients/program.ts';
import { snippetOf } from '../docs/recordings.ts';
import { SnippetStack } from './snippet-stack.ts';

const go = installGoV2();
const jars = installJavaV2();

/** The page leaves out what Java wants around every statement. */
const toJavaProgram = (statements: string): string => `
import java.net.URI;
import software.amazon.awssdk.services.swf.SwfClient;

public class Snippet {
    public static void main(String[] args) {
        ${statements}
        System.out.println(cancelRequested);
    }
}
`;

describe("the page's code in languages with a compiler, against a local stack", () => {
  let stack: SnippetStack;
  beforeAll(async () => {
    stack = await SnippetStack.start();
  });
  afterAll(() => stack.close());

  const recorded: unknown = [expect.objectContaining({ details: '42 %' })];

  it.skipIf(go === undefined)('Go compiles as it stands, with its imports, and sends a heartbeat', async () => {
    const { folder } = stack;
    for (const file of ['go.mod', 'go.sum']) copyFileSync(join(go ?? '', file), join(folder, file));
    writeFileSync(join(folder, 'main.go'), snippetOf('go'));
    const program = join(folder, 'snippet');
    const built = await runProgram('go', ['-C', folder, 'build', '-mod=mod', '-o', program, '.'], process.env);
    expect(built).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await stack.run(program, [])).toEqual({ exitCode: 0, stdout: 'false\n', stderr: '', recorded });
  });

  it.skipIf(jars === undefined)('Java sends a heartbeat', async () => {
    const program = join(stack.folder, 'Snippet.java');
    writeFileSync(program, toJavaProgram(snippetOf('java')));
    const played = await stack.run('java', ['-cp', join(jars ?? '', '*'), program]);
    expect(played).toMatchObject({ exitCode: 0, stdout: 'false\n', recorded });
  });
});
