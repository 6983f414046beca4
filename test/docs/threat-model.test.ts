import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

const page = readFileSync(new URL('../../docs/threat-model.md', import.meta.url), 'utf8');
/** Rows of its tables, as cells. */
const rows = [...page.matchAll(/^\| (?<cells>.*) \|$/gm)].map(({ groups }) => (groups?.['cells'] ?? '').split(' | '));

it.each([
  {
    risk: 'a leaked key starves others',
    who: /^a worker with a key that sends as fast as it can$/,
    says: /as its rate allows, 40 a second .* 80 a second\. Several hostile domains .* whole account/,
  },
  { risk: 'a false timeout', who: /names a false timeout$/, says: /for its own task/ },
  { risk: 'rows hold heartbeats back', who: /^the table of task states, written$/, says: /until they time out/ },
  { risk: 'rate limits are written', who: /^the table of rate limits, written$/, says: /throttle keys and domains/ },
  { risk: 'replay', who: /^whoever sees a signed request$/, says: /until 5 minutes after/ },
  {
    risk: 'a broad policy',
    who: /^`kms:GenerateMac` .* broad policy like `kms:\*` on `\*`/,
    says: /every worker's secret/,
  },
  { risk: 'CloudFront is bypassed', who: /^whoever knows the name of a custom domain/, says: /past CloudFront/ },
  { risk: 'keys that end are logged', who: /`KeyExpiresSoon`$/, says: /key id, and when the key ends/ },
])('the threat model has a row about this: $risk', ({ who, says }) => {
  const found = rows.filter(([first = '']) => who.test(first));
  expect(found).toHaveLength(1);
  expect(found[0]?.[1]).toMatch(says);
});
