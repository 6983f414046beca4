import { createServer, type ServerResponse } from 'node:http';

import { expect, it, onTestFinished } from 'vitest';

import { RelayClient } from '../../cli/verify/relay-client.ts';
import { listen } from '../../local/listen.ts';

/** A server that leaves its answers unfinished. */
async function aServer(answer: (response: ServerResponse) => void): Promise<string> {
  const { url, close } = await listen(
    createServer((_request, response) => answer(response)),
    0,
  );
  onTestFinished(close);
  return url;
}

const UNFINISHED = [
  { what: 'nothing', answer: () => undefined },
  { what: 'half an answer', answer: (response: ServerResponse) => void response.writeHead(200).write('{"half":') },
];

it.each(UNFINISHED)('verify says how long it waited for a relay that sends $what', async ({ answer }) => {
  const client = new RelayClient(await aServer(answer), undefined, new AbortController().signal, 0.1);
  await expect(client.send({ path: '/health' })).rejects.toMatchObject({
    name: 'NoAnswerError',
    message: 'no complete answer within 0.1 s',
  });
});

it.each(UNFINISHED)(
  'verify waits no longer for a relay that sends $what when it is interrupted',
  async ({ answer }) => {
    const interruption = new AbortController();
    const url = await aServer((response) => {
      answer(response);
      interruption.abort();
    });
    const client = new RelayClient(url, undefined, interruption.signal, 600);
    await expect(client.send({ path: '/health' })).rejects.toMatchObject({ name: 'AbortError' });
  },
);
