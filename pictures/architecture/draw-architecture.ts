import { type Box, escapeXml, toSvg } from '../svg.ts';
import type { Places } from './place-resources.ts';

const WIDTH = 960;
const HEIGHT = 430;
const LINE_HEIGHT = 18;
const OUTSIDE_WIDTH = 150;

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
  const title =
    'A worker with a worker key sends heartbeats to the relay, which calls Amazon SWF under a role of one domain.';
  return toSvg(title, { width: WIDTH, height: HEIGHT }, [MARKER, ...parts]);
}

function toNodes({ gateway, tables, key, roles, watching, policies }: Places): readonly Node[] {
  const heightOf = (lines: readonly string[]): number => 40 + lines.length * LINE_HEIGHT;
  const inStack = (
    title: string,
    lines: readonly string[],
    [x, y, width]: readonly [number, number, number],
  ): Node => ({
    title,
    lines,
    x,
    y,
    width,
    height: heightOf(lines),
  });
  const outside = (title: string, lines: readonly string[], x: number, y: number): Node => ({
    ...inStack(title, lines, [x, y, OUTSIDE_WIDTH]),
    isOutside: true,
  });
  return [
    outside('Worker', ['a worker key,', 'no AWS credentials'], 20, 60),
    outside('Operator', ['issues keys,', `${policies.join(', ')} for it`], 20, 232),
    outside('Amazon SWF', ['the tasks of', 'each domain'], 790, 60),
    outside('Poller, decider', ['start, cancel and', 'take tasks'], 790, 250),
    inStack('API Gateway', ['HTTP API', ...gateway], [300, 60, 130]),
    inStack('Lambda function', ['checks the key,', 'paces, remembers'], [500, 60, 150]),
    inStack('KMS', [...key, 'derives secrets'], [300, 232, 130]),
    inStack('CloudWatch', watching, [300, 322, 130]),
    inStack('DynamoDB', tables, [460, 232, 140]),
    inStack('IAM roles', ['one for each domain:', ...roles], [625, 232, 145]),
  ];
}

const STACK_FRAME = [
  '<rect x="280" y="14" width="500" height="410" rx="10" fill="none" stroke="var(--accent)" stroke-dasharray="6 4"/>',
  '<text x="294" y="36" font-weight="bold" fill="var(--accent)">The stack that cdk deploy makes</text>',
].join('\n');

const ARROWS: readonly Arrow[] = [
  { from: [170, 98], to: [296, 98], text: ['POST /domains/…', 'heartbeats'], at: [225, 76] },
  { from: [430, 98], to: [496, 98], text: [], at: [0, 0] },
  { from: [650, 98], to: [786, 98], text: ['heartbeat, under', 'a role of one domain'], at: [714, 76] },
  { from: [540, 136], to: [400, 228], text: ['checks secrets'], at: [418, 180] },
  { from: [560, 136], to: [540, 228], text: ['keys, task states'], at: [606, 206] },
  { from: [620, 136], to: [690, 228], text: ['assumes'], at: [690, 170] },
  { from: [865, 250], to: [865, 140], text: [], at: [0, 0] },
  { from: [170, 270], to: [296, 270], text: ['heartbeat-relay', 'keys issue'], at: [225, 248] },
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
    ...text.map(
      (line, index) =>
        `<text class="muted" x="${x}" y="${y + index * 14}" font-size="11" text-anchor="middle">${escapeXml(line)}</text>`,
    ),
  ];
}
