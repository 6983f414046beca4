import {
  GATEWAY,
  HEARTBEATS,
  NOT_ALLOWED,
  NOT_FOUND,
  POLLER,
  NOT_GRANTED,
  RECORDED,
  type Known,
  type Row,
  type Text,
} from './input.rows.ts';

const taskPath = ({ task }: Known): string => `/domains/orders/tasks/${task.taskId}`;

const ROUTES: readonly { readonly name: string; readonly path: Text; readonly allow: string }[] = [
  { name: 'the heartbeats', path: HEARTBEATS, allow: 'POST' },
  { name: 'a task', path: taskPath, allow: 'GET, HEAD' },
  { name: 'the health', path: '/health', allow: 'GET, HEAD' },
];

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Every method but the right one, to every route. An answer to HEAD is all head; TRACE is no method of the gateway. */
const WRONG_METHODS: readonly Row[] = ROUTES.flatMap(({ name, path, allow }): Row[] => {
  const given = (method: string): string => `${method} on ${name}`;
  const others = METHODS.filter((method) => !allow.includes(method));
  const toHead = allow.includes('HEAD') ? { answer: '200' } : { answer: '405', allow };
  return others
    .map((method): Row => ({ given: given(method), method, path, answer: NOT_ALLOWED, allow }))
    .concat(
      { given: given('HEAD'), method: 'HEAD', path, isHead: true, ...toHead },
      { given: given('TRACE'), method: 'TRACE', path, answer: GATEWAY.methodNotAllowed },
    );
});

const ODD_METHODS: readonly Row[] = [
  { given: 'a method of WebDAV', method: 'PROPFIND', answer: GATEWAY.methodNotAllowed },
  { given: 'CONNECT', method: 'CONNECT', path: 'localhost:443', answer: GATEWAY.methodNotAllowed },
  { given: 'a method that nobody knows', method: 'HEARTBEAT', answer: GATEWAY.badRequest },
  { given: 'a method in small letters', method: 'post', answer: GATEWAY.badRequest },
  { given: 'no method', method: '', answer: GATEWAY.badRequest },
];

const at = (answer: string, rows: Readonly<Record<string, Text>>): Row[] =>
  Object.entries(rows).map(([given, path]) => ({ given, path, answer }));

const PATHS: readonly Row[] = [
  // Paths of SWF's own protocol, which is answered in its form; a native heartbeat names no operation.
  ...at(POLLER, { 'the root': '/', 'no path but a domain': '/domains/orders' }),
  ...at(NOT_FOUND, {
    'two slashes at the start': '//domains/orders/heartbeats',
    'two slashes within': '/domains//heartbeats',
    'a slash at the end': `${HEARTBEATS}/`,
    'a stage before it': `/prod${HEARTBEATS}`,
    'a part too many': `${HEARTBEATS}/1`,
    'capitals in the route': '/DOMAINS/orders/HEARTBEATS',
    'a dot at the start': '/./domains/orders/heartbeats',
    'dots that would lead there': '/domains/billing/../orders/heartbeats',
    'dots in percents that would lead there': '/domains/billing/%2e%2e/orders/heartbeats',
    'a slash in percents, twice over': '/domains%252Forders%252Fheartbeats',
    'a NUL in percents': '/domains/or%00ders/heartbeats',
    'a line feed in percents at the end': `${HEARTBEATS}%0a`,
    'a blank in percents': '/domains/or%20ders/heartbeats',
    'a plus': '/domains/or+ders/heartbeats',
    'letters from elsewhere': '/domains/%C3%B6rders/heartbeats',
    'letters that only look the same': '/domains/%EF%BD%8Frders/heartbeats',
    'a semicolon': `${HEARTBEATS};v=1`,
    'a domain of 257 characters': `/domains/${'d'.repeat(257)}/heartbeats`,
    'a domain of 300 characters': `/domains/${'d'.repeat(300)}/heartbeats`,
    'a wildcard as the domain': '/domains/*/heartbeats',
    'a policy variable as the domain': '/domains/$%7Baws:username%7D/heartbeats',
    'a path of 9,000 characters': `/${'p'.repeat(9_000)}`,
    'a fragment': `${HEARTBEATS}#f`,
    'a fragment in percents': `${HEARTBEATS}%23f`,
    'a query': `${HEARTBEATS}?x=1`,
    'a query of a question mark': `${HEARTBEATS}??`,
    'a query of an ampersand': `${HEARTBEATS}?&`,
    'credentials in a query': `${HEARTBEATS}?X-Amz-Credential=x&X-Amz-Signature=y`,
  }),
  ...at(NOT_GRANTED, {
    'a domain in capitals': '/domains/ORDERS/heartbeats',
    'a dot as the domain': '/domains/./heartbeats',
    'two dots as the domain': '/domains/../heartbeats',
    'two dots in percents as the domain': '/domains/%2e%2e/heartbeats',
    'arn as the domain': '/domains/arn/heartbeats',
    'a domain of 256 characters': `/domains/${'d'.repeat(256)}/heartbeats`,
    'a domain of another worker': '/domains/billing/heartbeats',
    'a domain that is not declared': '/domains/shipping/heartbeats',
    '__proto__ as the domain': '/domains/__proto__/heartbeats',
    'constructor as the domain': '/domains/constructor/heartbeats',
  }),
  ...at(RECORDED, {
    // The gateway hands on a decoded path, cut at a decoded question mark, and no event tells `?` from nothing.
    'an empty query, which nobody can see': `${HEARTBEATS}?`,
    'slashes in percents': '/domains%2Forders%2Fheartbeats',
    'letters in percents': '/%64omains/%6Frders/heartbeats',
    'a question mark in percents, where the gateway cuts': `${HEARTBEATS}%3Fx=1`,
  }),
  ...at(GATEWAY.badRequest, {
    'percents of nothing': '/domains/%zz/heartbeats',
    'a percent at the end': `${HEARTBEATS}%`,
    'percents that are no UTF-8': '/domains/%ff/heartbeats',
    'letters from elsewhere as they are': '/domains/\u00c3\u00b6rders/heartbeats',
    'a blank': '/domains/or ders/heartbeats',
    'a tab': '/domains/or\tders/heartbeats',
    'a NUL': '/domains/or\0ders/heartbeats',
    backslashes: '\\domains\\orders\\heartbeats',
    'an absolute address': `http://localhost${HEARTBEATS}`,
    "another host's absolute address": `https://swf.eu-west-1.amazonaws.com${HEARTBEATS}`,
    'no slash at the start': 'domains/orders/heartbeats',
    'a star': '*',
    'no path': '',
  }),
  ...at(GATEWAY.headersTooLarge, { 'a path of 11 KB': `/${'p'.repeat(11_000)}` }),
];

const reading = (given: string, path: Text, answer: string, over: Partial<Row> = {}): Row => ({
  given,
  method: 'GET',
  path,
  body: '',
  answer,
  ...over,
});

const READS: readonly Row[] = [
  reading('the task', taskPath, '200 TaskRead'),
  reading('the task with a body', taskPath, '200 TaskRead', { body: 'hello' }),
  reading('the task with 65 KB of body', taskPath, '413 RequestTooLarge', { body: 'x'.repeat(65 * 1024) }),
  reading('the task with a query', (known) => `${taskPath(known)}?consistent=false`, NOT_FOUND),
  reading("the task under another's domain", ({ task }) => `/domains/billing/tasks/${task.taskId}`, NOT_GRANTED),
  reading(
    "another's task under this domain",
    (known) => `/domains/orders/tasks/${known.otherTask.taskId}`,
    '404 TaskUnknown',
  ),
  reading('a task nobody knows', `/domains/orders/tasks/${'A'.repeat(43)}`, '404 TaskUnknown'),
  reading('a task id of 42 characters', `/domains/orders/tasks/${'A'.repeat(42)}`, NOT_FOUND),
  reading('a task id of 44 characters', `/domains/orders/tasks/${'A'.repeat(44)}`, NOT_FOUND),
  reading('a task id of plain base64', `/domains/orders/tasks/${'A'.repeat(42)}+`, NOT_FOUND),
  reading(
    'a task token as the task id',
    ({ task }) => `/domains/orders/tasks/${encodeURIComponent(task.taskToken)}`,
    NOT_FOUND,
  ),
  reading('no task id', '/domains/orders/tasks/', NOT_FOUND),
  reading('the health, without a key', '/health', '200 Healthy', { without: ['authorization'] }),
  reading('the health, with a bad key', '/health', '200 Healthy', { headers: ['Authorization: x'] }),
  reading('the health, with a body', '/health', '200 Healthy', { body: '{{{' }),
  reading('the health, with a query', '/health?deep=1', NOT_FOUND),
  reading('the health, with a slash', '/health/', NOT_FOUND),
  reading('what browsers ask for', '/favicon.ico', NOT_FOUND),
  reading('what burglars ask for', '/.env', NOT_FOUND),
];

export const TARGET_ROWS: readonly Row[] = [...WRONG_METHODS, ...ODD_METHODS, ...PATHS, ...READS];
