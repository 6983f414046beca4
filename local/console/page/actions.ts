import { find, setText } from './dom.ts';

/** Asks the server to do something, and shows what it says. A screen reader reads it out. @returns whether it was done. */
export async function act(action: string, body: object): Promise<boolean> {
  try {
    const response = await fetch(`/actions/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    show(await response.text(), response.ok);
    return response.ok;
  } catch {
    show('The console’s server does not answer.', false);
    return false;
  }
}

function show(text: string, isDone: boolean): void {
  const status = find('#status', HTMLElement);
  status.classList.toggle('failed', !isDone);
  setText(status, text);
}
