import { type Box, escapeXml, toSvg } from '../svg.ts';
import type { Places } from './place-resources.ts';

const WIDTH = 960;
const HEIGHT = 430;
const LINE_HEIGHT = 18;

interface Node extends Box {
  readonly title: string;
  readonly lines: readonly string[];
  readonly isOutside?: boolean;
}

/** From one point to another, with a text at the middle. */
interface Arrow {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly text: readonly string[];
  /** Where the text ends or begins: beside a vertical arrow, or above a horizontal one. */
  readonly at: readonly [x: number, y: number];
}

/** Draws how a heartbeat gets to SWF, and what the stack has beside this way. */
export function drawArchitecture(places: Places): string {
  const parts = [STACK_FRAME, ...toNodes(places).flatMap(drawNode), ...ARROWS.flatMap(drawArrow)];
  const title = 'A worker with a worker key sends heartbeats to the relay, which calls Amazon SWF under a role of one domain.';
  return toSvg(title, { width: WIDTH, height: HEIGHT }, [MARKER, ...parts]);
}

function toNodes({ gateway, function: inFunction, tables, key, roles, watching, policies }: Places): readonly Node[] {
  return [
    { title: 'Worker', lines: ['a worker key,', 'no AWS credentials'], x: 20, y: 60, width: 150, height: 76, isOutside: true },
    { title: 'API Gateway', lines: ['HTTP API', ...gateway], x: 300, y: 60, width: 130, height: 76 },
    { title: 'Lambda function', lines: ['checks the key,', 'paces, remembers', ...inFunction], x: 500, y: 60, width: 150, height: 76 },
    { title: 'Amazon SWF', lines: ['tasks of each domain'], x: 790, y: 60, width: 150, height: 76, isOutside: true },
    { title: 'Poller, decider', lines: ['start, cancel and', 'take tasks'], x: 790, y: 250, width: 150, height: 76, isOutside: true },
    { title: 'KMS', lines: [...key, 'derives secrets'], x: 300, y: 232, width: 130, height: 76 },
    { title: 'DynamoDB', lines: tables, x: 460, y: 232, width: 140, height: 40 + tables.length * LINE_HEIGHT },
    { title: 'IAM roles', lines: ['one for each domain:', ...roles], x: 625, y: 232, width: 145, height: 40 + (roles.length + 1) * LINE_HEIGHT },
    { title: 'CloudWatch', lines: watching, x: 300, y: 322, width: 130, height: 40 + watching.length * LINE_HEIGHT },
    { title: 'Operator', lines: ['issues keys,', `${policies.join(', ')} for it`], x: 20, y: 232, width: 150, height: 76, isOutside: true },
  ];
}

const STACK_FRAME = [
  '<rect x="280" y="14" width="500" height="410" rx="10" fill="none" stroke="var(--accent)" stroke-dasharray="6 4"/>',
  '<text x="294" y="36" font-weight="bold" fill="var(--accent)">The stack that cdk deploy makes</text>',
].join('\n');

const ARROWS: readonly Arrow[] = [
  { from: [170, 98], to: [296, 98], text: ['POST /domains/…', 'heartbeats'], at: [233, 76] },
  { from: [430, 98], to: [496, 98], text: [], at: [0, 0] },
  { from: [650, 98], to: [786, 98], text: ['heartbeat, under', 'a role of one domain'], at: [714, 76] },
  { from: [540, 136], to: [400, 228], text: ['checks secrets'], at: [418, 180] },
  { from: [560, 136], to: [540, 228], text: ['keys, task states'], at: [606, 206] },
  { from: [620, 136], to: [690, 228], text: ['assumes'], at: [690, 170] },
  { from: [865, 250], to: [865, 140], text: [], at: [0, 0] },
  { from: [170, 270], to: [296, 270], text: ['npx heartbeat-relay', 'keys issue'], at: [233, 248] },
  { from: [95, 228], to: [95, 140], text: ['hands over', 'the key'], at: [140, 180] },
];

const MARKER =
  '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="var(--text)"/></marker></defs>';

function drawNode({ title, lines, x, y, width, height, isOutside = false }: Node): string[] {
  const look = isOutside ? ' stroke-width="2"' : '';
  return [
    `<rect class="card" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"${look}/>`,
    `<text x="${x + 12}" y="${y + 24}" font-weight="bold">${escapeXml(title)}</text>`,
    ...lines.map(
      (line, index) =>
        `<text class="muted" x="${x + 12}" y="${y + 24 + (index + 1) * LINE_HEIGHT}" font-size="12">${escapeXml(line)}</text>`,
    ),
  ];
}

function drawArrow({ from, to, text, at: [x, y] }: Arrow): string[] {
  return [
    `<path d="M${from.join(' ')}L${to.join(' ')}" stroke="var(--text)" stroke-width="1.5" marker-end="url(#tip)"/>`,
    ...text.map((line, index) => `<text class="muted" x="${x}" y="${y + index * 14}" font-size="11" text-anchor="middle">${escapeXml(line)}</text>`),
  ];
}
