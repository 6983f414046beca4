import { marked } from 'marked';

/** What this project reads of marked's tokens. A cell of a table has no type, and a flag named `header`. */
interface Node {
  readonly type?: string;
  readonly text?: string;
  readonly href?: string;
  readonly tokens?: readonly Node[];
  readonly items?: readonly Node[];
  readonly header?: readonly Node[] | boolean;
  readonly rows?: readonly (readonly Node[])[];
}

const parse = (text: string): readonly Node[] => [...marked.lexer(text)];

function childrenOf({ tokens = [], items = [], header = [], rows = [] }: Node): readonly Node[] {
  return [...tokens, ...items, ...(typeof header === 'boolean' ? [] : header), ...rows.flat()];
}

const withDescendants = (node: Node): readonly Node[] => [node, ...childrenOf(node).flatMap(withDescendants)];

/** Code reads as one word that begins a sentence as well as it stands in one. */
const CODE = 'Code';

function toText(node: Node): string {
  if (node.type === 'codespan') return CODE;
  if (node.type === 'html' || node.type === 'image') return '';
  return node.tokens === undefined ? (node.text ?? '') : node.tokens.map(toText).join('');
}

const PARAGRAPHS: ReadonlySet<string | undefined> = new Set(['paragraph', 'text']);
const NO_PROSE: ReadonlySet<string | undefined> = new Set(['table', 'code', 'heading', 'html']);

/** The paragraphs of a page, each in one line: no code, no tables, no headings. */
export function paragraphsOf(page: string): string[] {
  const collect = (node: Node): string[] => {
    if (NO_PROSE.has(node.type)) return [];
    if (PARAGRAPHS.has(node.type)) return [toText(node).replaceAll(/\s+/g, ' ').trim()];
    return childrenOf(node).flatMap(collect);
  };
  return parse(page)
    .flatMap(collect)
    .filter((text) => text !== '');
}

export function headingsOf(page: string): string[] {
  const headings = parse(page).filter(({ type }) => type === 'heading');
  const toPlain = (node: Node): string =>
    node.tokens === undefined ? (node.text ?? '') : node.tokens.map(toPlain).join('');
  return headings.map(toPlain);
}

/** Where links and pictures of a page lead. */
export function targetsOf(page: string): string[] {
  const nodes = parse(page).flatMap(withDescendants);
  return nodes.flatMap(({ type, href }) => (href !== undefined && (type === 'link' || type === 'image') ? [href] : []));
}
