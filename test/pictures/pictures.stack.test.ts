import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { loadAssembly } from '../../local/assembly.ts';
import { loadTemplate } from '../../local/template/template.ts';
import { makeArchitecture } from '../../pictures/architecture.ts';
import { placeResources, UnplacedResourceError } from '../../pictures/architecture/place-resources.ts';
import { readDefinition } from '../../pictures/dashboard/definition.ts';
import { drawDashboard } from '../../pictures/dashboard/draw-dashboard.ts';
import { toPeriods } from '../../pictures/dashboard/points.ts';

const { template: text, stackName, region } = await loadAssembly();
const template = loadTemplate(text, { stackName, region, accountId: '123456789012' });

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
    for (const title of titles) expect(drawn).toContain(`>${title}<`);
    expect(titles).toContain('The ten worker keys with the most requests in the period shown');
    expect(drawn.match(/ r="4" /g)).toHaveLength(
      definition.widgets.flatMap((widget) => (widget.type === 'alarm' ? widget.properties.alarms : [])).length,
    );
  });

  it('shows the data', () => {
    expect(draw(60)).toContain('>whole account: heartbeats<');
    expect(draw(60)).toContain('>whole account: throttled by SWF (no data)<');
    expect(draw(60)).not.toBe(draw(6_000));
  });
});
