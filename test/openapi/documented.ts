import { type DocumentedOperation, type DocumentedResponse, readOpenApi } from './document.ts';
import { Validator } from './validator.ts';

/** An answer of the relay or its gateway, and what was asked. */
export interface SeenAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const openApi = readOpenApi();
const validator = new Validator(openApi);

const paths = Object.entries(openApi.paths).map(([template, operations]) => ({
  matches: toPattern(template),
  operations,
}));

/** Each parameter as the document describes it. */
function toPattern(template: string): RegExp {
  const pattern = template
    .replaceAll('.', String.raw`\.`)
    .replace('{domain}', '[A-Za-z0-9._-]{1,256}')
    .replace('{taskId}', '[A-Za-z0-9_-]{43}');
  return new RegExp(`^${pattern}/?$`);
}

/**
 * Compares an answer with `docs/openapi.yaml`: status, content type, every header and every member.
 *
 * @throws Error with what the document does not say.
 */
export function assertDocumented(answer: SeenAnswer): void {
  const { method, path, status, headers, body } = answer;
  const type = headers['content-type'] ?? '';
  const response = findResponses(answer).find(({ content }) => type in content);
  const problems = response === undefined ? [`no ${type} of status ${status}`] : compare(response, type, headers, body);
  if (problems.length === 0) return;
  throw new Error(`docs/openapi.yaml does not document ${method} ${path}: ${problems.join('; ')}: ${body}`);
}

export function findOperation(method: string, path: string): DocumentedOperation | undefined {
  const found = paths.find(({ matches }) => matches.test(path));
  return method === 'POST' ? found?.operations.post : READS.has(method) ? found?.operations.get : undefined;
}

/** A path or a method that the document does not list has answers all the same. */
function findResponses({ method, path, status }: SeenAnswer): DocumentedResponse[] {
  const operation = findOperation(method, path);
  const { NotFound, MethodNotAllowed, WrongEndpoint } = openApi.components.responses;
  const elsewhere: Readonly<Record<number, DocumentedResponse | undefined>> = {
    400: WrongEndpoint,
    404: NotFound,
    405: MethodNotAllowed,
  };
  const response = operation === undefined ? elsewhere[status] : operation.responses[String(status)];
  return response === undefined ? [] : [response];
}

const READS = new Set(['GET', 'HEAD']);

/** The document says it with the content. */
const CONTENT_TYPE = 'content-type';

function compare(response: DocumentedResponse, type: string, headers: SeenAnswer['headers'], body: string): string[] {
  const documented = Object.entries(response.headers).map(([name, header]) => [name.toLowerCase(), header] as const);
  const names = new Set([CONTENT_TYPE, ...documented.map(([name]) => name)]);
  return [
    ...Object.keys(headers).flatMap((name) => (names.has(name) ? [] : [`no header ${name}`])),
    ...documented.flatMap(([name, { required, schema }]) => {
      const value = headers[name];
      if (value === undefined) return required ? [`the header ${name} is missing`] : [];
      return validator.problemsOf(schema, value);
    }),
    // A HEAD has no body, nor has SWF's answer to the end of a task.
    body === '' ? '' : validator.problemsOf(response.content[type]?.schema ?? {}, JSON.parse(body)),
  ].filter((problem) => problem !== '');
}
