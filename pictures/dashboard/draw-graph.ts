import type { Box } from '../svg.ts';
import { layOutLegend } from './draw-legend.ts';
import type { Series } from './series.ts';

interface Axis {
  readonly min: number;
  readonly max?: number | undefined;
}

export interface Graph {
  readonly series: readonly Series[];
  readonly marks: readonly { readonly value: number; readonly label: string }[];
  readonly axes: { readonly left: Axis; readonly right?: Axis | undefined };
}

/** They differ in light and in dark, and for those who see no red or green. */
const COLOURS = ['#3b82c4', '#d9822b', '#a855b8', '#8a8f98', '#1f9e89', '#c2405a', '#b08c00', '#5b6ee1'];

const STEPS = 4;

/** A plot that is lower shows nothing, so a longer legend would leave its box. */
const MIN_PLOT_HEIGHT = 40;

/** Draws lines over time and their names below them. Lines of the right axis are dashed. */
export function drawGraph({ x, y, width, height }: Box, { series, marks, axes }: Graph): string[] {
  const names = [...series.map(toName), ...marks.map(({ label }) => label)];
  const legend = layOutLegend(
    names.map((name, index) => ({ name, colour: toColour(index) })),
    width - 20,
  );
  const plot: Box = {
    x: x + 48,
    y: y + 6,
    width: width - 96,
    height: Math.max(MIN_PLOT_HEIGHT, height - 16 - legend.height),
  };
  const scaleOf = (axis: 'left' | 'right'): Scale => {
    const values = series.filter((line) => line.axis === axis).flatMap(({ points }) => points);
    return toScale(plot, axes[axis], [...values, ...(axis === 'left' ? marks.map(({ value }) => value) : [])]);
  };
  const scales = { left: scaleOf('left'), right: scaleOf('right') };
  const lines = series.flatMap((line, index) => drawLine(plot, line, scales[line.axis], toColour(index)));
  const markLines = marks.map(
    ({ value }, index) =>
      `<path d="M${plot.x} ${scales.left.toY(value)}h${plot.width}" stroke="${toColour(series.length + index)}" stroke-dasharray="2 3"/>`,
  );
  return [
    ...drawTicks(plot, scales.left, 'left'),
    ...(axes.right === undefined ? [] : drawTicks(plot, scales.right, 'right')),
    ...lines,
    ...markLines,
    ...legend.drawAt(x + 10, plot.y + plot.height + 18),
  ];
}

interface Scale {
  readonly max: number;
  readonly toY: (value: number) => string;
}

function toScale({ y, height }: Box, axis: Axis | undefined, values: readonly (number | undefined)[]): Scale {
  const most = axis?.max ?? Math.max(0, ...values.filter((value) => value !== undefined));
  const max = most === 0 ? 1 : toRound(most);
  return { max, toY: (value) => (y + height * (1 - Math.min(value, max) / max)).toFixed(1) };
}

/** The next of 1, 2, 4, 5 or 10 times a power of ten. */
function toRound(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 4, 5].find((step) => step * power >= value) ?? 10);
}

function drawTicks({ x, y, width, height }: Box, { max }: Scale, side: 'left' | 'right'): string[] {
  // "100,000" is as wide as the space beside the plot.
  const notation = max < 100_000 ? 'standard' : 'compact';
  return Array.from({ length: STEPS + 1 }, (_none, step) => {
    const at = (y + height * (1 - step / STEPS)).toFixed(1);
    const value = ((max * step) / STEPS).toLocaleString('en-US', { maximumFractionDigits: 2, notation });
    const [tickX, anchor] = side === 'left' ? [x - 6, 'end'] : [x + width + 6, 'start'];
    const grid = side === 'left' ? `<path d="M${x} ${at}h${width}" stroke="var(--line)" stroke-opacity=".4"/>` : '';
    return `${grid}<text class="muted" x="${tickX}" y="${at}" dy="4" font-size="11" text-anchor="${anchor}">${value}</text>`;
  });
}

function drawLine({ x, width }: Box, { points, axis }: Series, { toY }: Scale, colour: string): string[] {
  const step = width / Math.max(1, points.length - 1);
  const drawn = points.flatMap((value, index) =>
    value === undefined ? [] : [[x + index * step, toY(value)] as const],
  );
  if (drawn.length === 0) return [];
  const dash = axis === 'right' ? ' stroke-dasharray="5 3"' : '';
  const path = drawn.map(([pointX, pointY]) => `${pointX.toFixed(1)} ${pointY}`).join('L');
  return [
    `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`,
    ...drawn.map(([pointX, pointY]) => `<circle cx="${pointX.toFixed(1)}" cy="${pointY}" r="2" fill="${colour}"/>`),
  ];
}

/** A line that is not there has a name all the same: CloudWatch shows it, too. */
const toName = ({ label, points }: Series): string =>
  points.every((value) => value === undefined) ? `${label} (no data)` : label;

const toColour = (index: number): string => COLOURS[index % COLOURS.length] ?? '';
