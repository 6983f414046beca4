import { resourcesOf } from '../../local/template/resources.ts';
import type { Template } from '../../local/template/template.ts';
import { type Datum, evaluate } from '../../test/cloudwatch/alarm.ts';
import { alarmsOf } from '../../test/strict/alarms-recording.ts';
import { type Box, escapeXml, toSvg } from '../svg.ts';
import type { AlarmsWidget, Definition, GraphWidget, QueryWidget, Widget } from './definition.ts';
import { drawGraph } from './draw-graph.ts';
import type { Period } from './points.ts';
import { toSeries } from './series.ts';

/** CloudWatch's grid has 24 columns. */
const COLUMN_WIDTH = 40;
const ROW_HEIGHT = 40;
const TOP = 56;
const GAP = 8;

/** Draws each widget where the definition puts it. */
export function drawDashboard(
  { name, widgets }: Definition,
  template: Template,
  data: readonly Datum[],
  periods: readonly Period[],
): string {
  const height = TOP + Math.max(...widgets.map((widget) => (widget.y + widget.height) * ROW_HEIGHT));
  const width = 24 * COLUMN_WIDTH;
  return toSvg(`The dashboard ${name}, with the metrics of a run on one machine`, { width, height }, [
    `<text x="${GAP}" y="24" font-size="17" font-weight="bold">${escapeXml(name)}</text>`,
    `<text class="muted" x="${GAP}" y="43">Drawn from the template's definition, with ${periods.length} min of a run on one machine.</text>`,
    ...widgets.flatMap((widget) => {
      const box = toBox(widget);
      return [
        `<rect class="card" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="4"/>`,
        `<text x="${box.x + 10}" y="${box.y + 20}" font-weight="bold">${escapeXml(toTitle(widget))}</text>`,
        ...drawContent(box, widget, { template, data, periods }),
      ];
    }),
  ]);
}

interface Run {
  readonly template: Template;
  readonly data: readonly Datum[];
  readonly periods: readonly Period[];
}

function drawContent(box: Box, widget: Widget, { template, data, periods }: Run): string[] {
  switch (widget.type) {
    case 'alarm':
      return drawAlarms(box, widget, template, data, periods);
    case 'metric':
      return drawMetrics(box, widget, data, periods);
    case 'log':
      return drawQuery(box, widget);
    case 'text':
      return [];
  }
}

/** Of a text, what the console shows of its links. */
const toTitle = (widget: Widget): string =>
  widget.type === 'text'
    ? widget.properties.markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    : widget.properties.title;

const QUERY_LINE_HEIGHT = 16;

/** A run on one machine has no CloudWatch Logs Insights, so the picture shows the query. */
function drawQuery({ x, y }: Box, { properties: { query } }: QueryWidget): string[] {
  return query
    .split('\n')
    .map(
      (line, index) =>
        `<text class="muted" x="${x + 10}" y="${y + 44 + index * QUERY_LINE_HEIGHT}" font-size="11">${escapeXml(line)}</text>`,
    );
}

const toBox = ({ x, y, width, height }: Widget): Box => ({
  x: x * COLUMN_WIDTH + GAP / 2,
  y: TOP + y * ROW_HEIGHT,
  width: width * COLUMN_WIDTH - GAP,
  height: height * ROW_HEIGHT - GAP,
});

function drawMetrics(
  box: Box,
  { properties }: GraphWidget,
  data: readonly Datum[],
  periods: readonly Period[],
): string[] {
  const { metrics, annotations, yAxis } = properties;
  return drawGraph(box, {
    series: toSeries(metrics, data, periods),
    marks: annotations?.horizontal ?? [],
    axes: yAxis,
  });
}

const ALARM = { perRow: 5, height: 17 };

/** A name for each alarm, red if it was in ALARM at the end of any minute. */
function drawAlarms(
  { x, y, width }: Box,
  { properties: { alarms } }: AlarmsWidget,
  template: Template,
  data: readonly Datum[],
  periods: readonly Period[],
): string[] {
  const names = resourcesOf(template.resources, 'AWS::CloudWatch::Alarm');
  const definitions = alarmsOf(template);
  return alarms.flatMap((arn, index) => {
    const definition = definitions[names.findIndex((resource) => resource.arn === arn)];
    if (definition === undefined) throw new Error(`the template has no alarm ${arn}`);
    const hasFired = periods.some(({ toMs }) => evaluate(definition, data, toMs) === 'ALARM');
    const left = x + 10 + (index % ALARM.perRow) * ((width - 20) / ALARM.perRow);
    const middle = y + 36 + Math.floor(index / ALARM.perRow) * ALARM.height;
    const name = definition.AlarmName.replace(`${template.place.stackName}-`, '');
    return [
      `<circle cx="${left + 4}" cy="${middle}" r="4" fill="${hasFired ? '#d13212' : '#2e9e5b'}"/>`,
      `<text x="${left + 14}" y="${middle + 4}" font-size="12">${escapeXml(name)}${hasFired ? ' (ALARM)' : ''}</text>`,
    ];
  });
}
