import { make } from './rewiremake.js';
import { find } from './treekeys.js';

/** How long after a letter the next one belongs to the same word, in milliseconds. */
const TYPING = 700;

/**
 * A menu as in the ARIA practices: arrows, Home, End, letters; Enter or Space
 * chooses, Tab and Escape leave. It stands over the page until then, or until
 * somebody presses elsewhere.
 *
 * @param {Document} doc
 * @param {(item: import('./cardmenuitems.js').MenuItem) => void} chosen
 * @param {(sentence: string) => void} announce
 */
export function openMenuList(doc, chosen, announce) {
  const title = make(doc, 'p', { class: 'menu-title name', id: 'menu-title' });
  const body = make(doc, 'div', { class: 'menu-items', role: 'menu', 'aria-labelledby': title.id });
  const outcome = make(doc, 'p', { class: 'menu-outcome' });
  const box = make(doc, 'div', { id: 'card-menu', class: 'menu', popover: 'auto', tabindex: '-1' }, title, body, outcome);
  doc.body.append(box);
  let items = [];
  let typed = '';
  let typing = 0;
  let left = () => {};

  const buttons = () => [...body.querySelectorAll('button')];

  function show({ title: words, items: next, at, said = '' }) {
    hide();
    [items, typed] = [next, ''];
    title.textContent = words;
    body.replaceChildren(...groups());
    body.hidden = !items.length;
    say(said, said && 'bad');
    box.showPopover();
    place(box, at);
    (buttons()[0] ?? box).focus();
  }

  function* groups() {
    let group = null;
    for (const item of items) {
      if (group?.dataset.group !== item.group) {
        if (group) yield group;
        group = make(doc, 'div', { role: 'group', 'data-group': item.group });
      }
      group.append(button(item));
    }
    if (group) yield group;
  }

  function button({ words, key, checked, danger }) {
    const role = checked === undefined ? 'menuitem' : 'menuitemradio';
    const made = make(doc, 'button', { type: 'button', role, tabindex: '-1', 'data-danger': Boolean(danger) }, make(doc, 'span', {}, words));
    if (checked !== undefined) made.setAttribute('aria-checked', String(checked));
    if (key) {
      made.append(make(doc, 'kbd', { 'aria-hidden': 'true' }, key));
      made.setAttribute('aria-keyshortcuts', key.replace('Ctrl ', 'Control+'));
    }
    return made;
  }

  function say(words, tone = '') {
    outcome.textContent = words;
    if (words) announce(words);
    outcome.dataset.tone = tone;
  }

  function hide() {
    if (box.matches(':popover-open')) box.hidePopover();
  }

  function named(letter) {
    typed += letter;
    clearTimeout(typing);
    typing = setTimeout(() => {
      typed = '';
    }, TYPING);
    const all = buttons();
    return all[find(all.map(({ textContent: name }) => ({ name })), all.indexOf(doc.activeElement), typed)];
  }

  function press(event) {
    // The page's own keys have to wait.
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = buttons();
    const now = all.indexOf(doc.activeElement);
    const ways = { ArrowDown: now + 1, ArrowUp: now < 0 ? -1 : now - 1, Home: 0, End: -1 };
    let next = null;
    if (Object.hasOwn(ways, event.key)) {
      next = all.at(ways[event.key] % all.length);
      typed = ''; // a name that was begun is over
    } else if (event.key === 'Tab' || event.key === 'Escape') hide();
    else if (event.key.length === 1 && (event.key !== ' ' || typed)) next = named(event.key) ?? null;
    else return;
    event.preventDefault();
    next?.focus();
  }

  box.addEventListener('keydown', press);
  body.addEventListener('click', ({ target }) => {
    const at = buttons().indexOf(target.closest('button'));
    if (at >= 0 && !outcome.textContent.startsWith('Sending')) chosen(items[at]);
  });
  body.addEventListener('pointermove', ({ target, pointerType }) => {
    if (pointerType === 'mouse') target.closest('button')?.focus();
  });
  box.addEventListener('beforetoggle', ({ newState }) => {
    if (newState === 'closed') left(box.contains(doc.activeElement));
  });
  return {
    show, hide, say,
    /** @param {(inside: boolean) => void} run is told, as the menu goes, whether the focus was in it */
    closed(run) {
      left = run;
    },
  };
}

// At the point, or as near to it as the window allows.
function place(box, { x, y }) {
  const { innerWidth: width, innerHeight: height } = box.ownerDocument.defaultView;
  const { width: w, height: h } = box.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(x, width - w - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(y, height - h - 8))}px`;
}
