import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { COMPILED_SDK_CLIENTS } from '../clients/compiled-sdk-clients.rows.ts';
import { installedClient } from '../clients/installed-client.ts';
import { pip, PROGRAMS } from '../clients/sdk-client-installs.ts';
import { SnippetStack } from './snippet-stack.ts';

const boto2 = installedClient('boto-2.49.0', [pip('boto==2.49.0')]);
const go = ['SDK for Go v1', 'SDK for Go v2'].map((name) => ({
  name,
  installed: COMPILED_SDK_CLIENTS.find((client) => client.name === name)?.install(),
}));

describe('an endpoint', () => {
  let stack: SnippetStack;
  beforeAll(async () => {
    stack = await SnippetStack.start();
  });
  afterAll(() => stack.close());

  const inOrders: unknown = [expect.objectContaining({ domain: 'orders' })];

  describe.skipIf(boto2 === undefined)('in boto 2.49.0, which takes none with a path', () => {
    const program = join(PROGRAMS, 'boto2.py');
    const environment = { PYTHONPATH: boto2 ?? '' };

    it('is the relay without a path for a key of one domain', async () => {
      const played = await stack.run('python3', [program], environment);
      expect(played).toMatchObject({ stderr: '', stdout: "{'cancelRequested': False}\n", recorded: inOrders });
    });

    it('gets its path by a line of code', async () => {
      const played = await stack.run('python3', [program, 'with its path'], environment);
      expect(played).toMatchObject({ stderr: '', stdout: "{'cancelRequested': False}\n", recorded: inOrders });
    });
  });

  it.for(go)('with a query string loses it in the $name', async ({ installed }, { skip }) => {
    if (installed === undefined) return skip('it cannot be installed');
    const { folder } = stack;
    const query = ['-c', `RELAY="$RELAY?stage=prod" exec "${installed.command}"`];
    const played = await stack.run('sh', query, { HOME: folder });
    expect(played).toMatchObject({ exitCode: 0, stdout: 'false\n', recorded: inOrders });
  });
});
