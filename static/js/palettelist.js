/** How long the mouse has to rest on an option to highlight it: on its way elsewhere it does not. */
const REST = 120;

/**
 * The list of a combobox: groups of options, one of which is highlighted. The
 * focus stays in the field.
 *
 * @param {HTMLElement} box
 * @param {HTMLInputElement} field
 * @param {object} on
 * @param {(item: object|undefined) => void} on.highlighted
 * @param {(item: object) => void} on.clicked
 */
export function openList(box, field, { highlighted, clicked }) {
  const doc = box.ownerDocument;
  let items = [];
  let at = -1;
  let drawn = '';

  const make = (tag, properties, ...children) => {
    const element = Object.assign(doc.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  /** Draws what is new only: a press that has begun on an option has to end there. */
  function draw() {
    const signs = JSON.stringify(items.map(({ key, group, words, note, marks }) => [key, group, words, note, marks]));
    if (signs === drawn) return;
    drawn = signs;
    const groups = [];
    for (const [i, item] of items.entries()) {
      if (i === 0 || item.group !== items[i - 1].group) {
        const name = make('div', { className: 'palette-group', id: `palette-group-${i}` }, item.group);
        groups.push(make('div', { role: 'group' }, name));
        groups.at(-1).setAttribute('aria-labelledby', name.id);
      }
      groups.at(-1).append(option(item, i));
    }
    box.replaceChildren(...groups);
    box.hidden = !items.length;
    field.setAttribute('aria-expanded', String(items.length > 0));
  }

  function option(item, i) {
    const element = make('div', { className: 'palette-option', id: `palette-option-${i}`, role: 'option' });
    element.append(make('span', {}, ...marked(item)));
    if (item.note) element.append(make('span', { className: 'quiet' }, item.note));
    return element;
  }

  function* marked({ words, marks }) {
    let last = 0;
    for (const [from, to] of marks) {
      yield words.slice(last, from);
      yield make('mark', {}, words.slice(from, to));
      last = to;
    }
    yield words.slice(last);
  }

  function highlight(index) {
    at = items.length ? (index + items.length) % items.length : -1;
    for (const [i, element] of box.querySelectorAll('[role="option"]').entries()) {
      element.setAttribute('aria-selected', String(i === at));
    }
    if (at < 0) field.removeAttribute('aria-activedescendant');
    else field.setAttribute('aria-activedescendant', `palette-option-${at}`);
    doc.getElementById(`palette-option-${at}`)?.scrollIntoView({ block: 'nearest' });
    if (at === 0) box.scrollTop = 0; // with the name of its group
    highlighted(items[at]);
  }

  const indexOf = (target) => [...box.querySelectorAll('[role="option"]')].indexOf(target.closest('[role="option"]'));
  let rest = 0;
  box.addEventListener('pointermove', ({ target, pointerType }) => {
    clearTimeout(rest);
    const i = indexOf(target);
    if (pointerType === 'mouse' && i >= 0 && i !== at) rest = setTimeout(() => highlight(i), REST);
  });
  box.addEventListener('pointerleave', () => clearTimeout(rest));
  // The field keeps the focus.
  box.addEventListener('mousedown', (event) => event.preventDefault());
  box.addEventListener('click', ({ target }) => {
    const i = indexOf(target);
    if (i < 0) return;
    highlight(i);
    clicked(items[i]);
  });

  return {
    get item() {
      return items[at];
    },
    /** Shows other items; the one that is highlighted stays so if it is among them. */
    show(next, key) {
      clearTimeout(rest);
      items = next;
      draw();
      highlight(Math.max(0, items.findIndex((item) => item.key === key)));
    },
    /** Moves the highlight by a key; reports whether that is what the key does. */
    move(key) {
      const ways = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
      if (!Object.hasOwn(ways, key)) return false;
      highlight(ways[key]);
      return true;
    },
  };
}
