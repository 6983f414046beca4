import type { Locator, Page } from 'playwright-core';

import { hasFocus } from './in-page.ts';

/** How a person reaches and uses what a page shows. */
export interface Hand {
  readonly press: (button: Locator) => Promise<void>;
  readonly fill: (field: Locator, text: string) => Promise<void>;
}

export const toMouse = (page: Page): Hand => ({
  press: async (button) => button.click(),
  fill: async (field, text) => {
    await field.click({ clickCount: 3 });
    await page.keyboard.type(text);
  },
});

/** Goes from one element to the next by the tabulator key, as a person without a mouse must. */
export const toKeyboard = (page: Page): Hand => ({
  press: async (button) => {
    await reach(page, button);
    await page.keyboard.press('Enter');
  },
  fill: async (field, text) => {
    await reach(page, field);
    await page.keyboard.press('Control+a');
    await page.keyboard.type(text);
  },
});

/** Many more than the page has stops. */
const MAX_STOPS = 300;

async function reach(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stops = 0; stops < MAX_STOPS; stops += 1) {
    if (await target.evaluate(hasFocus)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the tabulator key does not reach ${target.toString()}`);
}
