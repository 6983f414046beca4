import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runPictures } from '../../pictures/program.ts';
import { hasChromium } from './chromium.ts';

/** A few seconds: this is about whether the picture can be made. */
const MINUTES = '0.05';

describe('npm run pictures', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'relay-pictures-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function make(name: string, file: string): Promise<Buffer> {
    const [printed, complaints]: [string[], string[]] = [[], []];
    const output = { print: (text: string) => printed.push(text), complain: (text: string) => complaints.push(text) };
    const exitCode = await runPictures([name, '--output', folder, '--minutes', MINUTES], output);
    const path = join(folder, file);
    expect({ exitCode, printed, complaints }).toEqual({ exitCode: 0, printed: [path], complaints: [] });
    return readFileSync(path);
  }

  it('makes the terminal recording from a run of the demo', async () => {
    const drawn = (await make('terminal', 'terminal.svg')).toString();
    for (const step of ['heartbeat', 'cancel', 'other domain', 'outage', 'timeout']) {
      expect(drawn).toMatch(new RegExp(`<tspan class="ok">ok</tspan> {2}${step} `));
    }
  });

  it('makes the dashboard from a run of the stack', async () => {
    const drawn = (await make('dashboard', 'dashboard.svg')).toString();
    expect(drawn).toContain('>Heartbeats per second: received, sent on to SWF');
    expect(drawn).toContain('>this relay: requests from workers<');
    expect(drawn).toContain('>whole account: heartbeats<');
  });

  it.skipIf(!hasChromium)('makes the picture of the console in Chromium', async () => {
    const png = await make('console', 'console.png');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    // Its width and height.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1280, 1120]);
  });

  it('refuses a name that it does not know', async () => {
    const complaints: string[] = [];
    const exitCode = await runPictures(['logo'], { print: () => undefined, complain: (text) => complaints.push(text) });
    expect({ exitCode, complaints }).toEqual({
      exitCode: 2,
      complaints: [expect.stringContaining("'logo' is invalid")],
    });
  });
});
