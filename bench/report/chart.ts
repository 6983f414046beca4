import { type Series, toSpread } from '../series.ts';

/** A bar of one or more segments. */
interface Bar {
  readonly label: string;
  readonly values: readonly number[];
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const LABEL_WIDTH = 270;
const BAR_HEIGHT = 18;
const ROW_HEIGHT = 26;
const TITLE_HEIGHT = 34;
const COLOURS = ['#33658a', '#f6ae2d'] as const;

/** Draws a cold start with its first call, and the CPU time of a warm heartbeat, each next to its baselines. */
export function toChart(series: Series): string {
  const panels = toPanels((name) => toSpread(series.valuesOf(name)).median);
  const heights = panels.map(({ bars }) => TITLE_HEIGHT + bars.length * ROW_HEIGHT);
  const height = heights.reduce((sum, each) => sum + each, 10);
  const drawn = panels.map((panel, index) =>
    drawPanel(
      panel,
      heights.slice(0, index).reduce((sum, each) => sum + each, 0),
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...drawn.flat(),
    '</svg>',
    '',
  ].join('\n');
}

function toPanels(medianOf: (name: string) => number): Panel[] {
  const start = (label: string, name: string): Bar => {
    return { label, values: [medianOf(`${name}: init`), medianOf(`${name}: first call`)] };
  };
  const heartbeat = (label: string, name: string): Bar => ({ label, values: [medianOf(`${name}: CPU`)] });
  return [
    {
      title: 'Cold start, and the first call after it',
      unit: 'ms',
      bars: [
        start('raw https, signed by hand', 'raw'),
        start("NodejsFunction's defaults", 'defaults'),
        start('relay, not primed', 'unprimed'),
        start('relay, as deployed', 'deployed'),
      ],
    },
    {
      title: 'CPU time of a warm heartbeat',
      unit: 'µs',
      bars: [
        heartbeat('raw https, signed by hand', 'raw'),
        heartbeat('client.send, not tuned', 'untuned'),
        heartbeat('client.send, tuned', 'bare'),
        heartbeat('relay, bearer key', 'bearer'),
        heartbeat('relay, SigV4', 'sigv4'),
      ],
    },
  ];
}

function drawPanel({ title, unit, bars }: Panel, top: number): string[] {
  const longest = Math.max(...bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0)));
  const scale = (WIDTH - LABEL_WIDTH - 140) / longest;
  const rows = bars.flatMap(({ label, values }, row) => {
    const y = top + TITLE_HEIGHT + row * ROW_HEIGHT;
    let x = LABEL_WIDTH;
    const parts = values.map((value, index) => {
      const part = `<rect x="${x.toFixed(1)}" y="${y}" width="${(value * scale).toFixed(1)}" height="${BAR_HEIGHT}" fill="${COLOURS[index] ?? ''}"/>`;
      x += value * scale;
      return part;
    });
    const text = values.map((value) => value.toFixed(0)).join(' + ');
    return [
      `<text x="${LABEL_WIDTH - 10}" y="${y + 14}" text-anchor="end">${label}</text>`,
      ...parts,
      `<text x="${(x + 8).toFixed(1)}" y="${y + 14}">${text} ${unit}</text>`,
    ];
  });
  return [`<text x="10" y="${top + 22}" font-weight="bold">${title}</text>`, ...rows];
}
