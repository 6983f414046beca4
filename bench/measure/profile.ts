import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { z } from 'zod';

import { startProbe } from '../probe.ts';
import type { Workbench } from '../workbench.ts';
import { SENT_HEARTBEATS } from './warm.ts';

/** The share of one area in the time of warm heartbeats. */
export interface ProfileRow {
  /** A package, a folder of the function, or a part of Node. */
  readonly area: string;
  /** 0 to 1. Its share of the time that was not idle. */
  readonly share: number;
}

const PROFILE = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
});

type Frame = z.infer<typeof PROFILE>['nodes'][number]['callFrame'];

const HEARTBEATS = 20_000;

/** Profiles warm heartbeats with a bearer key, and sums the samples by area. */
export async function profileWarmHeartbeat({ bundles, probe, environment }: Workbench): Promise<readonly ProfileRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'relay-profile-'));
  try {
    const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200'];
    const args = ['bearer', bundles.readable];
    const sender = await startProbe(z.string(), await probe('heartbeat-sender'), args, environment, flags);
    await sender.ask(SENT_HEARTBEATS, { heartbeats: HEARTBEATS });
    await sender.stop();
    const [file = ''] = readdirSync(folder);
    return sumByArea(PROFILE.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))), toAreas(bundles.readable));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sumByArea(
  { nodes, samples }: z.infer<typeof PROFILE>,
  areaOf: (frame: Frame) => string | undefined,
): ProfileRow[] {
  const areas = new Map<number, string>();
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  // Parents precede their children. Native code has no file, so it counts for its caller.
  for (const { id, callFrame } of nodes) areas.set(id, areaOf(callFrame) ?? areas.get(parents.get(id) ?? 0) ?? 'Node');
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const area = areas.get(sample) ?? 'Node';
    counts.set(area, (counts.get(area) ?? 0) + 1);
  }
  counts.delete(IDLE);
  const total = [...counts.values()].reduce((whole, count) => whole + count, 0);
  return [...counts]
    .map(([area, count]) => ({ area, share: count / total }))
    .sort((one, other) => other.share - one.share);
}

const IDLE = '(idle)';

/** esbuild writes the source file above each part. */
const ORIGIN = /^\s*\/\/ (?<file>\S+\.(?:js|ts|mjs|cjs|json))$/;
const PACKAGE = /node_modules\/(?<name>(?:@[^/]+\/)?[^/]+)/;

function toAreas(bundle: string): (frame: Frame) => string | undefined {
  let area = 'Node';
  const areaOfLine = readFileSync(bundle, 'utf8')
    .split('\n')
    .map((line) => {
      const file = ORIGIN.exec(line)?.groups?.['file'];
      if (file !== undefined) area = PACKAGE.exec(file)?.groups?.['name'] ?? file.split('/').slice(0, 2).join('/');
      return area;
    });
  return ({ functionName, url, lineNumber }) => {
    if (url.endsWith('/readable.mjs')) return areaOfLine[lineNumber];
    if (url.startsWith('node:')) return NODE_AREAS.find(({ of }) => of.test(url))?.area ?? 'Node: other';
    if (functionName === IDLE) return IDLE;
    if (functionName === '(garbage collector)') return 'garbage collector';
    return functionName === '(program)' || functionName === '(root)' ? 'Node: native, and the event loop' : undefined;
  };
}

const NODE_AREAS = [
  { of: /_http|node:https?$/, area: 'Node: HTTP' },
  { of: /tls|_tls/, area: 'Node: TLS' },
  { of: /crypto/, area: 'Node: crypto' },
  { of: /stream|net$|events/, area: 'Node: streams and sockets' },
  { of: /timers/, area: 'Node: timers' },
  { of: /promise|task_queues|async_hooks|async_local|async_context/, area: 'Node: promises and their context' },
] as const;
