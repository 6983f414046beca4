import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { heartbeatBySdk, isChangedByHealing, promisedByAws } from './matrix-aws-rules.ts';
import { ANSWER_WITHIN_MS, casesOf, type Played, playMatrix } from './matrix-play.ts';
import { openSetting, type Setting } from './matrix-setting.ts';

let setting: Setting;
let played: Played;

beforeAll(async () => {
  setting = await openSetting({ heartbeat: heartbeatBySdk, isHealed: isChangedByHealing });
  played = await playMatrix(setting);
});

afterAll(async () => {
  console.log(played.text);
  await setting.shared.close();
});

describe('a heartbeat of the AWS SDK while one service misbehaves', () => {
  it.each(casesOf(promisedByAws))('$service=$fault, $container container, cache $cache: $row', ({ cell, index }) => {
    const { elapsedMs, ...rest } = played.observed[index] ?? { elapsedMs: Infinity };
    expect(rest).toEqual(promisedByAws(cell));
    expect(elapsedMs).toBeLessThan(ANSWER_WITHIN_MS);
  });
});
