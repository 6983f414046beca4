import type { Import } from './imports.ts';

/** What a folder looks like from above. A unit is a direct sub-folder, or a file that lies in the folder itself. */
export interface Structure {
  /** Units by level. Level 1 imports no other unit; every other unit is one level above the highest that it imports. */
  readonly levels: readonly (readonly string[])[];
  /** Which unit imports which, each pair once, as `importer → imported`. Type imports count. */
  readonly dependencies: readonly string[];
  /** Units that import each other, directly or through others. */
  readonly cycles: readonly (readonly string[])[];
}

/** @param folder such as `lambda`; imports that leave it do not count. */
export function toStructure(folder: string, files: readonly string[], imports: readonly Import[]): Structure {
  const toUnit = (path: string): string | undefined =>
    path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).replace(/\/.*/, '/') : undefined;
  const graph = new Map<string, Set<string>>();
  for (const file of files) graph.set(toUnit(file) ?? file, new Set());
  for (const { file, target } of imports) {
    const [importer, imported] = [toUnit(file), toUnit(target)];
    if (importer === undefined || imported === undefined || importer === imported) continue;
    graph.get(importer)?.add(imported);
  }
  const cycles = findCycles(graph);
  const dependencies = [...graph].flatMap(([importer, all]) => [...all].map((imported) => `${importer} → ${imported}`));
  return { levels: toLevels(graph, cycles), dependencies: dependencies.sort(), cycles };
}

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Each group of units that can all reach each other. */
function findCycles(graph: Graph): string[][] {
  const reachable = new Map([...graph.keys()].map((unit) => [unit, reach(graph, unit)]));
  const isMutual = (one: string, other: string): boolean =>
    reachable.get(one)?.has(other) === true && reachable.get(other)?.has(one) === true;
  const groups = [...graph.keys()].map((unit) => [...graph.keys()].filter((other) => isMutual(unit, other)));
  const distinct = new Map(groups.map((group) => [group.join(), group]));
  return [...distinct.values()].filter((group) => group.length > 1);
}

function reach(graph: Graph, start: string): Set<string> {
  const seen = new Set<string>();
  const pending = [...(graph.get(start) ?? [])];
  for (let unit = pending.pop(); unit !== undefined; unit = pending.pop()) {
    if (seen.has(unit)) continue;
    seen.add(unit);
    pending.push(...(graph.get(unit) ?? []));
  }
  return seen;
}

/** Units of one cycle share a level, so imports among them do not count. */
function toLevels(graph: Graph, cycles: readonly (readonly string[])[]): string[][] {
  const levelOf = new Map<string, number>();
  const groupOf = (unit: string): readonly string[] => cycles.find((group) => group.includes(unit)) ?? [unit];
  const findLevel = (unit: string): number => {
    const known = levelOf.get(unit);
    if (known !== undefined) return known;
    const group = groupOf(unit);
    const below = group.flatMap((member) => [...(graph.get(member) ?? [])].filter((other) => !group.includes(other)));
    const level = 1 + Math.max(0, ...below.map(findLevel));
    for (const member of group) levelOf.set(member, level);
    return level;
  };
  const levels: string[][] = [];
  for (const unit of graph.keys()) (levels[findLevel(unit) - 1] ??= []).push(unit);
  return levels.map((units) => units.sort());
}
