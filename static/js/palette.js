import { openAsk } from './paletteask.js';
import { languages, openCopy } from './palettecopy.js';
import { openFind } from './palettefind.js';
import { pageItems, typesOf } from './paletteitems.js';
import { openList } from './palettelist.js';
import { match, rank } from './palettematch.js';
import { makeDialog, recentKeys, remember } from './paletteparts.js';
import { meansFor } from './palettequery.js';
import { openSend } from './palettesend.js';
import { shortcut } from './shortcut.js';

/**
 * The command palette: everything that the page can do, found by typing, and
 * what to tell curl, callboard or Go to have the same done.
 *
 * @param {import('./later.js').Board} board
 */
export function open(board) {
  const { doc } = board;
  const api = new URL(board.api, doc.baseURI).href;
  const place = { board: api.slice(0, api.lastIndexOf('api/v1/')), api };
  const dialog = makeDialog(doc);
  const part = (name) => dialog.querySelector(`.palette-${name}`);
  const field = doc.getElementById('palette-q');
  let types = [];
  let people = []; // directors that were found
  let section = ''; // the only one whose commands are shown, to be copied
  let asked = null; // what the second step is about
  let offered = ''; // the key of what can be copied

  const say = (words) => {
    part('said').textContent = words;
    doc.getElementById('announcer').textContent = words;
  };
  const list = openList(doc.getElementById('palette-list'), field, { highlighted: () => offer(), clicked: choose });
  const find = openFind(board, api, (found) => {
    people = found;
    if (dialog.open && !ask.open) show();
  });
  const ask = openAsk(part('ask'), (values) => send(asked, values));
  const copier = openCopy(dialog, place, say);
  const send = openSend(board, { say, close, now, failed });

  /** What can be done now: the page may have changed since the list was drawn. */
  function all() {
    const items = pageItems(board, api, types);
    return section ? items.filter((item) => item.command && doc.getElementById(section)?.contains(item.element)) : items;
  }

  function now({ key, run, send: own }) {
    return all().find((item) => item.key === key) ?? (own || run ? { key, run, send: own } : null);
  }

  function show(key = list.item?.key) {
    const query = field.value;
    // Enter may come before the answer of the server: it must not do to the selected
    // director what was meant for another.
    const meant = meansFor(query);
    const own = rank(all().filter(meant), query, section ? [] : recentKeys());
    const others = people.filter(({ group, words }) => !own.some((item) => item.group === group && item.words === words));
    list.show([...own, ...others], key);
    part('none').hidden = Boolean(list.item);
    part('none').textContent = query
      ? `Nothing matches “${query}”. Try what a button says, such as sick, pin or add, or a part of a director’s name.`
      : 'There is nothing to do here now.';
  }

  /** Offers to copy what is highlighted, or what is asked about. */
  function offer() {
    const { key = '', command } = asked ?? list.item ?? {};
    if (key === offered) return; // what was copied, and said, stays
    offered = key;
    copier.offer(Boolean(command));
    part('said').textContent = '';
  }

  function choose(item = list.item) {
    if (!item) return;
    if (section) return copy('curl');
    remember(item.key);
    if (item.fields?.length && !item.element.matches('.stack')) return step(item);
    if (!item.run && !item.element?.matches('.stack')) return send(item);
    close();
    if (item.run) item.run();
    else item.element.requestSubmit(item.button);
  }

  /** Goes on to the second step, or back from it. */
  function step(item) {
    asked = item;
    part('list').hidden = part('find').hidden = Boolean(item);
    if (item) ask.show(item, !section);
    else {
      ask.hide();
      show();
      field.focus();
    }
    offer();
  }

  function copy(language) {
    const item = asked ?? list.item;
    if (!item?.command) return;
    const form = item.element;
    if (asked) return part('ask').reportValidity() && copier.copy(item.command(ask.values()), language);
    if (item.fields?.every((one) => one.checkValidity()) ?? true) return copier.copy(item.command(), language);
    if (!form.matches('.stack')) return step(item);
    close();
    form.reportValidity();
  }

  function failed(words) {
    say(words);
    part('said').dataset.tone = 'bad';
  }

  function close() {
    leave();
    dialog.close();
  }

  // Where no other element gets the focus back, a field that is hidden has it until
  // the next frame, and would keep the next key for itself.
  const leave = () => doc.activeElement?.blur();
  dialog.addEventListener('cancel', leave);

  /** Opens the palette, or shuts it. A button in a section has its commands copied. */
  function toggle(button) {
    if (dialog.open) return close();
    section = button?.matches('[data-copy]') ? button.closest('section').id : '';
    doc.getElementById('palette-title').textContent = section ? 'Copy a command' : 'Commands';
    field.placeholder = section ? 'Which one?' : 'What to do, or a director’s name';
    field.value = '';
    people = [];
    find.look(''); // an answer on its way is to what was asked before
    offered = null;
    delete part('said').dataset.tone;
    dialog.showModal();
    step(null);
    list.move('Home'); // not what was highlighted when it was shut
    typesOf(board).then((known) => {
      types = known;
      if (dialog.open && !ask.open) show();
    }, () => {}); // without a line nothing can be added either
  }

  field.addEventListener('input', () => {
    people = people.filter((item) => match(field.value, `${item.words} ${item.group}`));
    show(null);
    if (!section) find.look(field.value);
  });
  dialog.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (target === dialog || button?.matches('[data-palette-close]')) close();
    if (button?.matches('[data-palette-back]')) step(null);
    if (button?.dataset.language) copy(button.dataset.language);
  });
  dialog.addEventListener('keydown', (event) => {
    // The page's own keys have to wait.
    event.stopPropagation();
    if (pressed(event)) event.preventDefault();
  });
  doc.addEventListener('board-changed', () => dialog.open && !ask.open && show());

  function pressed(event) {
    const { key, code, target } = event;
    const name = shortcut(event);
    if (name === 'Ctrl+k') return close() ?? true;
    const language = event.altKey && languages[['Digit1', 'Digit2', 'Digit3'].indexOf(code)];
    if (language) return copy(language[0]) ?? true;
    if (name === 'Escape') return asked ? step(null) ?? true : false;
    if (target !== field || !name) return false;
    if (key === 'Enter') return choose() ?? true;
    return list.move(key);
  }
  return { toggle };
}
