import { make } from './rewiremake.js';
import { shortcut } from './shortcut.js';

/** How long nothing is typed before it is asked for, in milliseconds. */
const PAUSE = 120;

/**
 * A field that offers what begins to be typed, as the ARIA practices describe a
 * combobox with a listbox.
 *
 * @param {object} options
 * @param {Document} options.doc
 * @param {HTMLInputElement} options.input
 * @param {HTMLElement} options.list
 * @param {(text: string, signal: AbortSignal) => Promise<Option[]>} options.find
 * @param {(value: string|null) => void} options.changed
 *
 * @typedef {{value: string, name: string, note: string}} Option
 */
export function openCombo({ doc, input, list, find, changed }) {
  let options = [];
  let active = -1;
  let value = null;
  let timer = 0;
  let asking = null;

  async function ask() {
    asking?.abort();
    const { signal } = (asking = new AbortController());
    const found = await find(input.value.trim(), signal).catch(() => []);
    if (signal.aborted) return;
    options = found;
    expand();
    activate(input.value.trim() && options.length ? best(options, input.value.trim()) : -1);
  }

  /** Closes the list, also for what was asked for and has not come yet. */
  function close() {
    doc.defaultView.clearTimeout(timer);
    asking?.abort();
    show(false);
  }

  function expand() {
    list.replaceChildren(...options.map(({ name, note }, i) => make(
      doc, 'li', { id: `${list.id}-${i}`, role: 'option', 'aria-selected': 'false' },
      make(doc, 'span', { class: 'name' }, name), ' ', make(doc, 'span', { class: 'quiet' }, note),
    )));
    show(options.length > 0);
  }

  function show(open) {
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    if (!open) input.removeAttribute('aria-activedescendant');
  }

  function activate(index) {
    list.children[active]?.setAttribute('aria-selected', 'false');
    active = index;
    const option = list.children[active];
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    if (option) input.setAttribute('aria-activedescendant', option.id);
    else input.removeAttribute('aria-activedescendant');
    settle(options[active]?.value ?? null);
  }

  function settle(next) {
    if (next === value) return;
    value = next;
    changed(value);
  }

  function choose(index) {
    activate(index);
    input.value = options[index].name;
    close();
  }

  input.addEventListener('input', () => {
    doc.defaultView.clearTimeout(timer);
    timer = doc.defaultView.setTimeout(ask, PAUSE);
  });
  input.addEventListener('blur', close);
  input.addEventListener('click', () => list.hidden && ask());
  input.addEventListener('keydown', (event) => {
    if (!shortcut(event)) return; // an input method has the keys
    const open = !list.hidden;
    if (event.key === 'Escape' && open) close();
    else if (event.key === 'Enter' && open && active >= 0) choose(active);
    else if (['ArrowDown', 'ArrowUp'].includes(event.key)) {
      if (open) activate(turn(active, options.length, event.key));
      else ask();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // Not click: the field would lose the focus before.
  list.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    const index = [...list.children].indexOf(event.target.closest('[role="option"]'));
    if (index >= 0) choose(index);
  });

  return {
    get value() {
      return value;
    },
    clear() {
      input.value = '';
      [options, active, value] = [[], -1, null];
      close();
    },
  };
}

/** The option that an arrow leads to: round at both ends. */
export function turn(active, count, key) {
  if (!count) return -1;
  if (active < 0) return key === 'ArrowDown' ? 0 : count - 1;
  return (active + (key === 'ArrowDown' ? 1 : -1) + count) % count;
}

/** What was meant most likely: the name itself, or one that begins so, or the first one. */
export function best(options, text) {
  const low = text.toLowerCase();
  const same = options.findIndex(({ name }) => name.toLowerCase() === low);
  return same >= 0 ? same : Math.max(0, options.findIndex(({ name }) => name.toLowerCase().startsWith(low)));
}
