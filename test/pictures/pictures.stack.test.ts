import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { loadAssembly } from '../../local/assembly.ts';
import { loadTemplate } from '../../local/template/template.ts';
import { makeArchitecture } from '../../pictures/architecture.ts';
import { placeResources, UnplacedResourceError } from '../../pictures/architecture/place-resources.ts';
import { readDefinition, type Widget } from '../../pictures/dashboard/definition.ts';
import { drawDashboard } from '../../pictures/dashboard/draw-dashboard.ts';
import { toPeriods } from '../../pictures/dashboard/points.ts';
import { widthOf } from '../../pictures/fit-text.ts';

const { template: json, stackName, region } = await loadAssembly();
const template = loadTemplate(json, { stackName, region, accountId: '123456789012' });

describe('the picture of the architecture', () => {
  it('is in docs/pictures/ as npm run pictures -- architecture makes it from the template', async () => {
    const kept = readFileSync(new URL('../../docs/pictures/architecture.svg', import.meta.url), 'utf8');
    expect(await makeArchitecture()).toBe(kept);
  });

  it('is not made of a template with a resource that it has no place for', () => {
    const odd = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } };
    expect(() => placeResources(odd)).toThrow(UnplacedResourceError);
  });
});

/** Each text's lines, and where they begin and how far they can reach. */
const readTexts = (svg: string) =>
  [...svg.matchAll(/<text(?<attributes>[^>]*)>(?<content>.*?)<\/text>/g)].map(({ groups }) => {
    const { attributes = '', content = '' } = groups ?? {};
    const numberOf = (name: string, or = 0): number => {
      const found = new RegExp(` ${name}="(?<value>[\\d.]+)"`).exec(attributes)?.groups?.['value'];
      return found === undefined ? or : Number(found);
    };
    const lines = content
      .split(/<\/?tspan[^>]*>/)
      .filter((line) => line !== '')
      .map((line) => line.replaceAll(/&\w+;/g, '&'));
    const font = { size: numberOf('font-size', 13), isBold: attributes.includes('bold') };
    const x = numberOf('x');
    const width = Math.max(0, ...lines.map((line) => widthOf(line, font)));
    const left = attributes.includes('"end"') ? x - width : x;
    return { text: lines.join(' '), left, right: left + width, y: numberOf('y'), lines: lines.length };
  });

const CARD =
  /<rect class="card" x="(?<x>[\d.]+)" y="(?<y>[\d.]+)" width="(?<width>[\d.]+)" height="(?<height>[\d.]+)"/g;
/** The highest of any text. */
const LINE_HEIGHT = 16;
const LONG = `A title that no box can have on one line, with ${'aVeryLongWord'.repeat(12)} in it`;

function withTitle(widget: Widget, title: string): Widget {
  switch (widget.type) {
    case 'alarm':
      return { ...widget, properties: { ...widget.properties, title } };
    case 'metric':
      return { ...widget, properties: { ...widget.properties, title } };
    case 'log':
      return { ...widget, properties: { ...widget.properties, title } };
    case 'text':
      return { ...widget, properties: { markdown: title } };
  }
}

describe('the picture of the dashboard', () => {
  const definition = readDefinition(template);
  const draw = (value: number): string => {
    const datum = { namespace: 'AWS/SWF', metricName: 'ConsumedCapacity', value, atMs: 30_000 };
    const dimensions = { APIName: 'RecordActivityTaskHeartbeat' };
    return drawDashboard(definition, template, [{ ...datum, dimensions }], toPeriods(0, 120_000));
  };

  it('has every widget and every alarm of the template', () => {
    const drawn = draw(60);
    const titles = definition.widgets.flatMap(({ properties }) => ('title' in properties ? [properties.title] : []));
    const texts = readTexts(drawn).map(({ text }) => text);
    for (const title of titles) expect(texts).toContain(title);
    expect(titles).toContain('The ten worker keys with the most requests in the period shown');
    expect(drawn.match(/ r="4" /g)).toHaveLength(
      definition.widgets.flatMap((widget) => (widget.type === 'alarm' ? widget.properties.alarms : [])).length,
    );
  });

  it.each([
    { given: 'the template’s titles', widgets: definition.widgets },
    {
      given: 'long titles',
      widgets: definition.widgets.map((widget) => withTitle(widget, LONG)),
    },
  ])('keeps every text in its box, and off the next: $given', ({ widgets }) => {
    const drawn = drawDashboard({ ...definition, widgets }, template, [], toPeriods(0, 120_000));
    const boxes = [...drawn.matchAll(CARD)].map(({ groups }) => Object.values(groups ?? {}).map(Number));
    const texts = readTexts(drawn);
    expect(drawn).not.toContain('…');
    for (const [x = 0, y = 0, width = 0, height = 0] of boxes) {
      const own = texts.filter((text) => text.left >= x && text.left < x + width && text.y > y && text.y < y + height);
      expect(own).not.toHaveLength(0);
      for (const { right } of own) expect(right).toBeLessThanOrEqual(x + width);
      for (const one of own) {
        expect(one.y + (one.lines - 1) * LINE_HEIGHT).toBeLessThan(y + height);
        const next = own.filter((other) => other.y === one.y && other.left > one.left);
        for (const other of next) expect(other.left).toBeGreaterThan(one.right);
      }
    }
  });

  it('shows the data', () => {
    expect(draw(60)).toContain('>whole account: heartbeats<');
    expect(draw(60)).toContain('>whole account: throttled by SWF (no data)<');
    expect(draw(60)).not.toBe(draw(6_000));
  });
});
