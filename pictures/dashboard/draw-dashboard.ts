import { resourcesOf } from '../../local/template/resources.ts';
import type { Template } from '../../local/template/template.ts';
import { type Datum, evaluate } from '../../test/cloudwatch/alarm.ts';
import { alarmsOf } from '../../test/strict/alarms-recording.ts';
import { drawLines, wrapText } from '../fit-text.ts';
import { type Box, escapeXml, toSvg } from '../svg.ts';
import type { AlarmsWidget, Definition, GraphWidget, QueryWidget, Widget } from './definition.ts';
import { type AlarmLight, drawAlarms } from './draw-alarms.ts';
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
    ...widgets.flatMap((widget) => drawWidget(widget, { template, data, periods })),
  ]);
}

interface Run {
  readonly template: Template;
  readonly data: readonly Datum[];
  readonly periods: readonly Period[];
}

const TITLE = { size: 13, isBold: true };
const TITLE_LINE_HEIGHT = 16;

/** A title has as many lines as it needs, if they are in the box. What is below has the rest of the box. */
function drawWidget(widget: Widget, run: Run): string[] {
  const { x, y, width, height } = toBox(widget);
  const maxLines = Math.max(1, Math.floor((height - 12) / TITLE_LINE_HEIGHT));
  const title = wrapText(toTitle(widget), { ...TITLE, width: width - 20, maxLines });
  const below = 12 + title.length * TITLE_LINE_HEIGHT;
  return [
    `<rect class="card" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`,
    drawLines(title, { x: x + 10, y: y + 20, lineHeight: TITLE_LINE_HEIGHT }, 'font-weight="bold"'),
    ...drawContent({ x, y: y + below, width, height: height - below }, widget, run),
  ];
}

function drawContent(box: Box, widget: Widget, { template, data, periods }: Run): string[] {
  switch (widget.type) {
    case 'alarm':
      return drawAlarms(
        { x: box.x + 10, y: box.y, width: box.width - 20, height: box.height - 4 },
        toLights(widget, template, data, periods),
      );
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

const QUERY = { size: 11 };
const QUERY_LINE_HEIGHT = 16;

/** A run on one machine has no CloudWatch Logs Insights, so the picture shows the query. */
function drawQuery({ x, y, width, height }: Box, { properties: { query } }: QueryWidget): string[] {
  const lines = query.split('\n').flatMap((line) => wrapText(line, { ...QUERY, width: width - 20 }));
  const shown = lines.slice(0, Math.max(1, Math.floor(height / QUERY_LINE_HEIGHT)));
  const at = { x: x + 10, y: y + QUERY_LINE_HEIGHT, lineHeight: QUERY_LINE_HEIGHT };
  return [drawLines(shown, at, `class="muted" font-size="${QUERY.size}"`)];
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

/** An alarm has fired if it was in ALARM at the end of any minute. */
function toLights(
  { properties: { alarms } }: AlarmsWidget,
  template: Template,
  data: readonly Datum[],
  periods: readonly Period[],
): readonly AlarmLight[] {
  const names = resourcesOf(template.resources, 'AWS::CloudWatch::Alarm');
  const definitions = alarmsOf(template);
  return alarms.map((arn) => {
    const definition = definitions[names.findIndex((resource) => resource.arn === arn)];
    if (definition === undefined) throw new Error(`the template has no alarm ${arn}`);
    return {
      name: definition.AlarmName.replace(`${template.place.stackName}-`, ''),
      hasFired: periods.some(({ toMs }) => evaluate(definition, data, toMs) === 'ALARM'),
    };
  });
}
