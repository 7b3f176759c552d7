import { request } from './request.js';
import { match } from './palettematch.js';
import { view } from './paletteitems.js';

/** How long the reader has to pause before the server is asked, in milliseconds. */
const PAUSE = 150;
const MOST = 20;

/**
 * Finds directors by the words of the filter, the last question only.
 *
 * @param {import('./later.js').Board} board
 * @param {string} api
 * @param {(items: import('./paletteforms.js').Item[]) => void} found
 */
export function openFind({ page, go }, api, found) {
  let timer = 0;
  let current = null;

  const item = (query) => ({ id, full_name: name, type, phase }) => ({
    key: `director ${id}`, group: 'Directors', words: name, note: phase === 'live' ? type : `${type}, ${phase}`,
    marks: match(query, name)?.marks ?? [], run: () => go(view(page.search, { select: phase === 'live' ? name : `@${id}` })),
  });

  async function ask(query) {
    current = new AbortController();
    const { signal } = current;
    try {
      const url = `${api}/directors?${new URLSearchParams({ q: query, limit: MOST })}`;
      const { directors } = await request(url, { method: 'GET', signal });
      if (!signal.aborted) found(directors.map(item(query)));
    } catch {
      // Half a filter is refused; without a line nobody is found.
      if (!signal.aborted) found([]);
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
