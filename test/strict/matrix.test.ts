import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { heartbeatNatively } from './matrix-cells.ts';
import { ANSWER_WITHIN_MS, casesOf, type Played, playMatrix } from './matrix-play.ts';
import { promised } from './matrix-rules.ts';
import { openSetting, type Setting } from './matrix-setting.ts';

let setting: Setting;
let played: Played;

beforeAll(async () => {
  setting = await openSetting({ heartbeat: heartbeatNatively, isHealed: () => true });
  played = await playMatrix(setting);
});

afterAll(async () => {
  console.log(played.text);
  await setting.shared.close();
});

describe('a heartbeat while one service misbehaves', () => {
  it.each(casesOf(promised))('$service=$fault, $container container, cache $cache: $row', ({ cell, index }) => {
    const { elapsedMs, ...rest } = played.observed[index] ?? { elapsedMs: Infinity };
    expect(rest).toEqual(promised(cell));
    expect(elapsedMs).toBeLessThan(ANSWER_WITHIN_MS);
  });
});
