import { act } from './actions.ts';
import { find, make } from './dom.ts';

/** The faults in force. Each can be removed. */
export class FaultList {
  readonly #list = find('#fault-list', HTMLUListElement);
  readonly #input = find('#faults input', HTMLInputElement);
  #rules: readonly string[] = [];

  constructor() {
    find('#faults', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      const added = this.#input.value.split(/\s+/).filter((rule) => rule !== '');
      void this.#add(added);
    });
    find('#clear-faults', HTMLButtonElement).addEventListener('click', () => void act('faults', { rules: [] }));
    this.#draw();
  }

  update(rules: readonly string[]): void {
    if (rules.join(' ') === this.#rules.join(' ')) return;
    this.#rules = rules;
    this.#draw();
  }

  /** What was typed stays if it was refused. */
  async #add(added: readonly string[]): Promise<void> {
    if (await act('faults', { rules: [...this.#rules, ...added] })) this.#input.value = '';
  }

  #draw(): void {
    // The button that has the focus is about to go.
    if (this.#list.contains(document.activeElement)) this.#input.focus();
    const items = this.#rules.map((rule, index) => make('li', {}, make('code', {}, rule), this.#toButton(rule, index)));
    this.#list.replaceChildren(...(items.length === 0 ? [make('li', {}, 'No faults.')] : items));
  }

  #toButton(rule: string, index: number): HTMLButtonElement {
    const button = make('button', { type: 'button', 'aria-label': `Remove ${rule}` }, 'Remove');
    button.addEventListener('click', () => void act('faults', { rules: this.#rules.toSpliced(index, 1) }));
    return button;
  }
}
