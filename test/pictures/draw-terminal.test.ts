import { describe, expect, it } from 'vitest';

import { drawTerminal } from '../../pictures/draw-terminal.ts';

describe('the recording of a terminal', () => {
  const drawn = drawTerminal('demo', [
    { text: 'ok  first', atMs: 1_240 },
    { text: `ok  second        ${'word '.repeat(40)}<end>`, atMs: 2_000 },
  ]);

  it('shows each line when it was printed', () => {
    expect(drawn).toMatch(/animation-delay:1\.2s"[^>]*><tspan class="ok">ok<\/tspan> {2}first</);
    expect(drawn).toMatch(/animation-delay:2\.0s"[^>]*><tspan class="ok">ok<\/tspan> {2}second/);
  });

  it('goes on in the next row where a line is too long, and escapes what is not XML', () => {
    expect(drawn.match(/animation-delay:2\.0s/g)?.length).toBeGreaterThan(1);
    expect(drawn).toContain('&lt;end&gt;');
  });

  it('shows all at once to readers who want no motion', () => {
    expect(drawn).toContain('@media(prefers-reduced-motion:no-preference){.line{opacity:0');
  });
});
