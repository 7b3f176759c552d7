import { askDelete } from './bulkdelete.js';
import { request, wordsOf } from './request.js';

/** What may be done to all that is selected, by the word on the button. */
const commands = {
  Healthy: health('healthy'),
  Sick: health('sick'),
  Auto: health('auto'),
  Pin: (api, director) => request(`${api}/directors/@${director}/pins`, { body: { note: '' } }),
  Delete: (api, director) => request(`${api}/directors/@${director}`, { method: 'DELETE' }),
};

function health(admin) {
  return (api, director) => request(`${api}/health`, { method: 'PUT', body: { pattern: `@${director}`, admin } });
}

/**
 * Sends a command for one director after the other. One that is refused does
 * not stop the others.
 *
 * @param {string[]} directors
 * @param {(director: string) => Promise<{seq?: number}>} send
 * @param {(done: number) => void} progress called before each, with how many it will be then
 * @returns {Promise<{seq: number, refused: {director: string, words: string}[], undo: number[]}>} seq
 *   is that of the last event that this has caused, undo are the numbers of deletes that can be undone
 */
export async function runAll(directors, send, progress) {
  const refused = [];
  const undo = [];
  let seq = 0;
  for (const [i, director] of directors.entries()) {
    progress(i + 1);
    try {
      const answer = await send(director);
      seq = Math.max(seq, answer.seq ?? 0);
      if (answer.undo) undo.push(answer.undo.id);
    } catch (problem) {
      refused.push({ director, words: wordsOf(problem) });
    }
  }
  return { seq, refused, undo };
}

/**
 * Keeps the bar with the commands for what is selected in the outline. It stands
 * where the server has left room for it, and is hidden when nothing is selected.
 *
 * @param {object} options
 * @param {import('./later.js').Board} options.board
 * @param {ReturnType<import('./treeselect.js').openSelection>} options.selection
 * @param {(director: string) => string} options.nameOf
 * @param {(sentence: string) => void} options.announce
 * @param {() => void} options.home puts the focus back into the outline
 */
export function openBulk({ board, selection, nameOf, announce, home }) {
  const { doc, api, page } = board;
  const bar = element(doc, 'div', { role: 'group', 'aria-label': 'Selected directors', class: 'bulk-bar' });
  const count = element(doc, 'b', { class: 'bulk-count' });
  const outcome = element(doc, 'p', { class: 'bulk-outcome' });
  const refusals = element(doc, 'ul', { class: 'bulk-refusals' });
  const buttons = Object.keys(commands).map((word) => button(doc, word === 'Delete' ? 'Delete…' : word, () => start(word)));
  const close = button(doc, 'Clear', () => leave());
  const back = button(doc, 'Undo', () => takeBack());
  back.classList.add('small');
  let deleted = []; // what the last command has deleted, as long as nothing else is selected
  buttons.at(-1).classList.add('danger');
  bar.append(count, close, ...buttons, outcome, back, refusals);
  bar.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    leave();
  });
  let busy = false;

  function show() {
    const host = doc.getElementById('bulk');
    if (!host) return;
    if (bar.parentNode !== host) host.append(bar);
    const hadFocus = bar.contains(doc.activeElement);
    const rests = selection.size === 0 && !busy;
    count.textContent = rests ? '' : `${selection.size} selected`;
    close.textContent = rests ? 'Close' : 'Clear';
    for (const one of buttons) one.hidden = rests;
    back.hidden = busy || !deleted.length;
    // Not disabled: that would take the focus from the button that was pressed.
    for (const one of buttons) one.setAttribute('aria-disabled', String(busy));
    // What came of the last command stays until it was read.
    bar.hidden = rests && !outcome.textContent;
    if (bar.hidden && hadFocus) home();
  }

  /** Something else is selected: what was reported is about what was. */
  function fresh() {
    if (!busy && selection.size) forget();
    show();
  }

  function forget() {
    deleted = [];
    say('');
  }

  function say(words, tone = '', lines = []) {
    outcome.textContent = words;
    outcome.dataset.tone = tone;
    refusals.replaceChildren(...lines.map((line) => {
      const item = element(doc, 'li', {});
      item.textContent = line;
      return item;
    }));
  }

  function leave() {
    if (busy) return;
    forget();
    selection.only([]);
    show();
  }

  /** Undoes the deletes, the last one first: what held others comes back before them. */
  async function takeBack() {
    const ids = deleted.map(String).reverse();
    forget();
    await carryOut('Undo', new Map(ids.map((id) => [id, `@${id}`])), (id) => request(`${api}/undo/${id}`));
  }

  /** Gives the focus back to the outline, unless the reader has gone on elsewhere. */
  function comeHome() {
    const { activeElement: at, body } = doc;
    if (!selection.size && (!at || at === body || bar.contains(at))) home();
  }

  async function start(word) {
    if (busy) return;
    const directors = selection.directors.map((director) => ({ director, name: nameOf(director) }));
    if (word === 'Delete') {
      busy = true;
      say('Asking what that would do…');
      const sure = await askDelete({ doc, api, directors });
      busy = false;
      say('');
      if (!sure) return;
    }
    const names = new Map(directors.map(({ director, name }) => [director, name]));
    await carryOut(word, names, (director) => commands[word](api, director), (refused) => {
      if (refused.length || word === 'Delete') selection.only(refused.map(({ director }) => director));
    });
  }

  /**
   * Sends a command for each, says how far it is, and what came of it.
   *
   * @param {string} word
   * @param {Map<string, string>} names of those that it is for
   * @param {(id: string) => Promise<object>} send
   * @param {(refused: object[]) => void} [selects] what is selected when it is done
   */
  async function carryOut(word, names, send, selects = () => {}) {
    busy = true;
    show();
    const { seq, refused, undo } = await runAll([...names.keys()], send, (n) => say(`${word}: ${n} of ${names.size}`));
    const came = await page.reached(seq);
    selects(refused);
    busy = false;
    deleted = undo;
    report(word, names, refused, came);
    show();
    comeHome();
  }

  function report(word, names, refused, came) {
    const done = `${word}: ${names.size - refused.length} of ${names.size} done`;
    const words = came ? done : `${done}; the page shows it when it is live again`;
    const lines = refused.map(({ director, words: why }) => `${names.get(director)}: ${why}`);
    say(words, lines.length ? 'bad' : 'good', lines);
    announce([words, ...lines].join('. '));
  }

  return { show, fresh };
}

function element(doc, name, attributes) {
  const made = doc.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function button(doc, words, press) {
  const made = element(doc, 'button', { type: 'button', class: 'button' });
  made.textContent = words;
  made.addEventListener('click', press);
  return made;
}
