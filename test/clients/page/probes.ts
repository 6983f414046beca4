/** What tests look at from inside a page. `chromium.ts` puts it there. */
const probes = {
  hasFocus: (element: Element): boolean => element === document.activeElement,

  backgroundOf: (element: Element): string => getComputedStyle(element).backgroundColor,

  /** When the next line appears in the console's feed, by the page's clock. */
  nextLineAt: async (): Promise<number> => {
    const feed = document.querySelector('#feed');
    return new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        resolve(Date.now());
      });
      if (feed !== null) observer.observe(feed, { childList: true });
    });
  },

  /** What a task's row shows until the task times out: its state and the time that is left. */
  untilTimedOut: async (row: Element): Promise<readonly { state: string; left: string }[]> => {
    const seen: { state: string; left: string }[] = [];
    return new Promise((resolve) => {
      const look = (): void => {
        const [state = '', , left = ''] = [...row.querySelectorAll('td')].map((cell) => cell.textContent);
        if (state === '') return;
        seen.push({ state, left });
        if (state === 'timed out') resolve(seen);
      };
      new MutationObserver(look).observe(row, { childList: true, characterData: true, subtree: true });
      look();
    });
  },

  /** How long the main thread was busy at a stretch, for the stretches of 50 ms and more so far. */
  longTasksMs: (): readonly number[] => longTasksMs.splice(0),

  /** Keeps the main thread busy, to show that the above notices. */
  block: async (ms: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(() => {
        const endsAtMs = performance.now() + ms;
        while (performance.now() < endsAtMs);
        // The observer is told afterwards.
        setTimeout(resolve, ms);
      });
    }),

  /** What a page gets that asks another origin to change something. */
  askAcrossOrigins: async (url: string, type: string): Promise<string> => {
    try {
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: '{"rules":[]}' });
      return `${response.status}`;
    } catch {
      return 'refused';
    }
  },
};

const longTasksMs: number[] = [];
new PerformanceObserver((list) => {
  longTasksMs.push(...list.getEntries().map(({ duration }) => duration));
}).observe({ type: 'longtask', buffered: true });

Object.assign(globalThis, { probes });

export type Probes = typeof probes;
