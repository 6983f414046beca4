import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { listen, type RunningServer } from '../../local/listen.ts';
import { readOpenApi } from './document.ts';
import { findOperation } from './documented.ts';
import { sample } from './sample.ts';
import { Validator } from './validator.ts';

/** Which of the documented answers comes next: by status, and by the name of an example. */
export interface MockAnswer {
  readonly status: number;
  readonly example?: string;
}

export interface Mock extends RunningServer {
  /** What is wrong with the requests, by the document. */
  readonly problems: readonly string[];
  /** How many requests it has answered. */
  readonly answered: () => number;
}

const openApi = readOpenApi();
const validator = new Validator(openApi);

/**
 * A server that knows nothing about the relay but `docs/openapi.yaml`: its paths, security, bodies and answers.
 *
 * @param answers one for each request; the last one for all that follow.
 */
export async function startMock(answers: readonly MockAnswer[]): Promise<Mock> {
  const problems: string[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    const next = answers[Math.min(count, answers.length - 1)] ?? { status: 200 };
    count += 1;
    respond(request, response, next).then(
      (found) => problems.push(...found),
      (error: unknown) => problems.push(String(error)),
    );
  });
  return { ...(await listen(server, 0)), problems, answered: () => count };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { status, example }: MockAnswer,
): Promise<string[]> {
  const { method = '', url: path = '', headers } = request;
  const body = await text(request);
  const operation = findOperation(method, path);
  if (operation === undefined) throw new Error(`the document has no ${method} ${path}`);
  const documented = operation.responses[String(status)];
  const [type] = Object.keys(documented?.content ?? {});
  if (documented === undefined || type === undefined) throw new Error(`${method} ${path} has no answer ${status}`);
  const { schema = {}, examples = {} } = documented.content[type] ?? {};
  const named = example === undefined ? Object.values(examples)[0] : examples[example];
  const fields = Object.entries(documented.headers).map(
    ([name, { schema: of }]) => [name, String(sample(openApi, of))] as const,
  );
  response.writeHead(status, { ...Object.fromEntries(fields), 'content-type': type });
  response.end(JSON.stringify(named?.value ?? sample(openApi, schema)));
  const isBearer = /^Bearer \S+\.\S+$/.test(headers.authorization ?? '');
  return [
    isBearer ? '' : 'the request has no worker key',
    validator.problemsOf(operation.requestBody?.content['application/json']?.schema ?? {}, JSON.parse(body)),
  ].filter((problem) => problem !== '');
}
