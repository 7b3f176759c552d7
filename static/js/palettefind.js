import { itemsFor } from './cardmenuitems.js';
import { view } from './paletteitems.js';
import { match } from './palettematch.js';
import { divide, filtersFor } from './palettequery.js';
import { request } from './request.js';

/** How long the reader has to pause before the server is asked, in milliseconds. */
const PAUSE = 150;
const MOST = 20;
/** Of how many directors what can be done is offered: of those that the query means most likely. */
const MOST_DONE = 3;

/**
 * Finds directors by their names, types and states, and what can be done to them
 * where the query says both: "delete a2". Only the last question counts.
 *
 * @param {import('./later.js').Board} board
 * @param {string} api
 * @param {(items: import('./paletteforms.js').Item[]) => void} found
 */
export function openFind(board, api, found) {
  const { doc, page, go } = board;
  let timer = 0;
  let current = null;

  const item = (query) => ({ id, full_name: name, type, phase }) => ({
    key: `director ${id}`, group: 'Directors', words: name, note: phase === 'live' ? type : `${type}, ${phase}`,
    marks: match(query, name)?.marks ?? [], run: () => go(view(page.search, { select: phase === 'live' ? name : `@${id}` })),
  });

  /** What of a director's menu the words mean. */
  function done(does, director) {
    const items = itemsFor(board, { director }).map((one) => ({ ...one, ...match(does, one.words) }));
    return items.filter(({ marks }) => marks).map(({ words, marks, run, send }) => (
      { key: `director ${director.id} ${words}`, group: director.full_name, words, marks, run, send }
    ));
  }

  function itemsOf(query, directors) {
    const divided = divide(query);
    if (!divided) return directors.map(item(query));
    if (doc.querySelector('#page[data-readonly]')) return [];
    return directors.slice(0, MOST_DONE).flatMap((director) => done(divided.does, director));
  }

  async function ask(query) {
    current = new AbortController();
    const { signal } = current;
    const answer = (q) => request(`${api}/directors?${new URLSearchParams({ q, limit: MOST })}`, { method: 'GET', signal });
    try {
      const answers = await Promise.all(filtersFor(query).map(answer));
      const known = new Map(answers.flatMap(({ directors }) => directors).map((director) => [director.id, director]));
      if (!signal.aborted) found(itemsOf(query, [...known.values()].slice(0, MOST)));
    } catch {
      if (!signal.aborted) found([]); // offline, no director is found
    }
  }

  return {
    /** Asks for what the reader has typed so far, and forgets what was asked before. */
    look(query) {
      clearTimeout(timer);
      current?.abort();
      if (query.trim()) timer = setTimeout(() => ask(query.trim()), PAUSE);
    },
  };
}
