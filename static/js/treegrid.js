import { openBulk } from './bulk.js';
import { openLongList } from './longlist.js';
import { shortcut } from './shortcut.js';
import { find, heir, parentOf, siblings, step, together } from './treekeys.js';
import { openSelection } from './treeselect.js';

/** How long after a letter the next one belongs to the same name, in milliseconds. */
const TYPING = 700;

/**
 * Makes the outline a treegrid for the keyboard: one stop for Tab, arrows from
 * line to line, and lines that can be selected for commands.
 *
 * The focus belongs to a line, not to an element: patches may take the element
 * away and bring another, or bring none, and then a neighbour gets it.
 *
 * @param {import('./later.js').Board} board
 */
export function open(board) {
  const { doc, go, page, announce } = board;
  const readOnly = () => doc.getElementById('page').hasAttribute('data-readonly');
  const selection = openSelection(() => {
    mark();
    bulk.fresh();
    announce(selection.size ? `${selection.size} selected` : 'None selected');
  });
  const bulk = openBulk({ board, selection, nameOf, announce, home: () => focus(place()) });
  const long = openLongList(board);
  const names = new Map(); // of the directors that have a line, or are selected
  let listed = listOf(board.page.search); // which list the lines are of
  let lines = [];
  let stop = { id: '', cell: -1 }; // where Tab leads; id is "columns" for the heads
  let held = false; // whether the focus is there
  let typed = '';
  let typing = 0;

  const rowOf = (element) => element?.closest?.('#rows > .row, #columns') ?? null;
  const seen = (list) => [...list].filter((element) => element.getClientRects().length);
  const cellsOf = (row) => seen(row.matches('[data-director]') ? row.children : row.querySelectorAll('a'));
  const rowAt = (at) => doc.getElementById(at < 0 ? 'columns' : lines[at]?.id ?? '');
  const place = () => ({ at: lines.findIndex(({ id }) => id === stop.id), cell: stop.cell });

  function nameOf(director) {
    return names.get(director) ?? `@${director}`;
  }

  /** Takes over what the page has become. */
  function refresh() {
    const body = doc.getElementById('rows');
    if (!body) return;
    const were = lines;
    long.dress();
    lines = [...body.querySelectorAll(':scope > .row')].map(lineOf);
    for (const { director, name } of lines) names.set(director, name);
    // What has scrolled away is still selected; what another view does not show is not.
    const list = listOf(page.search);
    const scrolled = long.active() && list === listed;
    listed = list;
    if (!readOnly() && !scrolled) selection.keep(new Set(lines.map(({ director }) => director)));
    if (names.size > 4 * lines.length + 400) forget();
    const gone = passOn(were);
    if (held && (!doc.activeElement || doc.activeElement === doc.body)) {
      if (gone && !long.active()) announce(`${gone} is gone`);
      focus(place(), long.active());
    }
    mark();
    bulk.show();
  }

  /** Gives the stop of a line that is gone to another, and returns the name of the one that is gone. */
  function passOn(were) {
    const stays = (id) => id === 'columns' || lines.some((line) => line.id === id);
    if (stays(stop.id)) return '';
    const at = were.findIndex(({ id }) => id === stop.id);
    const current = Math.max(lines.findIndex(({ row }) => row.getAttribute('aria-current') === 'true'), 0);
    const next = heir(were, stop.id, stays) || lines[at < 0 ? current : Math.min(at, lines.length - 1)]?.id;
    stop = next ? { id: next, cell: -1 } : { id: 'columns', cell: 0 };
    return were[at]?.name ?? '';
  }

  /** Sets the attributes that the server knows nothing of. */
  function mark() {
    const tabbed = elementAt(place());
    for (const element of doc.querySelectorAll('#columns a, #rows a, #rows [tabindex]')) {
      if (element !== tabbed) set(element, 'tabindex', '-1');
    }
    for (const { row, director } of lines) {
      if (row !== tabbed) set(row, 'tabindex', '-1');
      if (director && !readOnly()) set(row, 'aria-selected', String(selection.has(director)));
    }
    set(tabbed, 'tabindex', '0');
  }

  /** Forgets the names of those that have no line and are not selected. */
  function forget() {
    const known = new Set([...lines.map(({ director }) => director), ...selection.directors]);
    for (const director of names.keys()) if (!known.has(director)) names.delete(director);
  }

  function elementAt({ at, cell }) {
    const row = rowAt(at);
    return at >= 0 && cell < 0 ? row : cellsOf(row)[cell] ?? cellsOf(row)[0] ?? row;
  }

  function focus(to, still = false) {
    const element = rowAt(to.at) && elementAt(to);
    if (!element) return; // the outline is not shown any more
    set(element, 'tabindex', '0');
    element.focus({ preventScroll: true });
    if (!still) (to.at < 0 ? element : rowAt(to.at)).scrollIntoView({ block: 'nearest' });
  }

  doc.addEventListener('focusin', ({ target }) => {
    const row = rowOf(target);
    held = row !== null;
    if (!row) return;
    stop = { id: row.id, cell: cellsOf(row).indexOf(target) };
    mark();
  });
  doc.addEventListener('focusout', ({ target }) => {
    // What a patch takes away gives its focus away before this; a reader who
    // clicks beside the outline wants it to be nowhere.
    if (held) setTimeout(() => target.isConnected && doc.activeElement === doc.body && (held = false));
  });

  doc.addEventListener('keydown', (event) => {
    if (event.altKey || event.defaultPrevented || !rowOf(event.target) || !lines.length) return;
    const letters = typed;
    if (!press(event)) return;
    event.preventDefault();
    if (typed === letters) typed = ''; // a key that is no letter ends a name that was begun
  }, true);

  /** Does what a key says, and reports whether it says anything. */
  function press(event) {
    const { key, ctrlKey, metaKey, shiftKey, target } = event;
    const command = ctrlKey || metaKey;
    const now = place();
    if (shortcut(event) === 'Ctrl+a') return selectAll();
    if (key === ' ' && !shiftKey) return toggle(now.at);
    if (key === 'Escape') return clear();
    if (key === 'Enter' && !command) return target.localName !== 'a' && enter(now.at);
    if (!command && key === '*') return openBeside(now.at);
    if (long.active() && now.at >= 0 && further(command ? `Ctrl+${key}` : key, now, shiftKey)) return true;
    const next = step(command ? `Ctrl+${key}` : key, now, { lines, cells: (at) => cellsOf(rowAt(at)).length, page: inSight() });
    if (next) return move(now, next, shiftKey);
    return !command && /^[\p{L}\p{N}_.-]$/u.test(key) && type(key, now);
  }

  /** Follows a key to a line that is not there yet; reports whether it leads to one. */
  function further(key, { at, cell }, range) {
    const { from, n, total } = long.has();
    const whole = cell < 0;
    const ways = {
      ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + inSight(), PageUp: at - inSight(),
      'Ctrl+Home': -from, 'Ctrl+End': total - from - 1, ...(whole && { Home: -from, End: total - from - 1 }),
    };
    if (whole && key === 'ArrowLeft' && !lines[at].open && lines[at].depth > 1 && parentOf(lines, at) < 0) {
      ways.ArrowLeft = Number(lines[at].row.dataset.parent) - from;
    }
    const index = Math.max(0, Math.min(from + (ways[key] ?? at), total - 1));
    if (index >= from && index < from + n) return false;
    const { id } = lines[at];
    long.reach(index).then((found) => {
      if (found < 0 || !lines.length) return;
      const to = Math.min(found, lines.length - 1);
      const was = lines.findIndex((line) => line.id === id);
      focus({ at: to, cell });
      if (!range) selection.settle();
      else if (!readOnly()) selection.extend(lines, was < 0 ? to : was, to);
    });
    return true;
  }

  function move(from, to, range) {
    if (to.act) follow(rowAt(to.at).querySelector('.toggle, .fold-count[href]'));
    else focus(to);
    if (!range) selection.settle();
    else if (!readOnly() && to.at >= 0) selection.extend(lines, from.at, to.at);
    return true;
  }

  const follow = (link) => link && go(link.getAttribute('href'));

  function enter(at) {
    follow(rowAt(at).querySelector('.row-name, .fold-count[href], .turn a:last-child'));
    return true;
  }

  function openBeside(at) {
    if (at < 0) return false;
    const shut = siblings(lines, at).filter((i) => lines[i].open === false && lines[i].director);
    if (shut.length) go(together(shut.map((i) => lines[i].row.querySelector('.toggle').getAttribute('href'))));
    return true;
  }

  function type(letter, { at, cell }) {
    clearTimeout(typing);
    typing = setTimeout(() => (typed = ''), TYPING);
    typed += letter;
    const found = find(lines, at, typed);
    if (found >= 0) move({ at }, { at: found, cell: Math.min(cell, -1) }, false);
    return true;
  }

  function toggle(at) {
    if (at < 0) return false;
    if (lines[at].director && !readOnly()) selection.toggle(lines[at]);
    return true;
  }

  /** All that is meant: not what is only there because it leads to it. */
  function selectAll() {
    if (!readOnly()) selection.only(lines.filter(({ dim }) => !dim).map(({ director }) => director).filter(Boolean));
    return true;
  }

  function clear() {
    if (!selection.size) return false;
    selection.only([]);
    return true;
  }

  function inRoom(at) {
    const { top, bottom } = lines[at].row.getBoundingClientRect();
    const room = doc.getElementById('outline').getBoundingClientRect();
    return bottom > room.top && top < room.bottom;
  }

  /** How many lines are in sight, less one to see where one came from. */
  function inSight() {
    const room = Math.min(doc.getElementById('outline').clientHeight, doc.documentElement.clientHeight);
    return Math.max(Math.floor(room / lines[0].row.offsetHeight) - 2, 1);
  }

  doc.addEventListener('mousedown', (event) => {
    typed = '';
    // A range of lines is no range of text.
    if (event.shiftKey && selects(event)) event.preventDefault();
  });
  doc.addEventListener('click', (event) => {
    if (!selects(event)) return;
    event.preventDefault();
    const from = place().at;
    const at = lines.findIndex(({ id }) => id === rowOf(event.target).id);
    focus({ at, cell: -1 });
    // Where the first line of a range has scrolled away, there is none.
    if (event.shiftKey) selection.extend(lines, long.active() && !(from >= 0 && inRoom(from)) ? at : from, at);
    else toggle(at);
  });

  // A link stays one: with a key held it opens another tab, as anywhere.
  function selects({ target, ctrlKey, metaKey, shiftKey }) {
    if (readOnly() || !target.closest('#rows > .row[data-director]') || target.closest('a')) return false;
    return target.closest('.pick') || ctrlKey || metaKey || shiftKey;
  }

  doc.addEventListener('board-changed', refresh);
  // The focus may be there before the keys are.
  held = rowOf(doc.activeElement) !== null;
  if (held) stop = { id: rowOf(doc.activeElement).id, cell: -1 };
  refresh();
}

/** What makes a list another one: all of a view but how far it is scrolled, and what is selected. */
function listOf(search) {
  const query = new URLSearchParams(search);
  for (const name of ['at', 'select', 'panel']) query.delete(name);
  return String(query);
}

function lineOf(row) {
  const expanded = row.getAttribute('aria-expanded');
  const { director = '' } = row.dataset;
  return {
    row, director, id: row.id, dim: row.hasAttribute('data-dim'), depth: Number(row.getAttribute('aria-level')),
    name: row.querySelector('.name, .fold-count').textContent,
    // What is folded opens as a branch does.
    open: expanded ? expanded === 'true' : row.querySelector('.fold-count[href]') ? false : null,
  };
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
