import { morph } from './morph.js';
import { applyOps } from './patch.js';

/** How long the way to another view may take before the page is loaded instead, in milliseconds. */
const PATIENCE = 5000;

/**
 * Reports whether the server may know a way from one view to the other: pages
 * with another face, or with the form for a new director, have other parts.
 *
 * @param {string} from a query as in a URL
 * @param {string} to
 */
export function near(from, to) {
  const [a, b] = [new URLSearchParams(from), new URLSearchParams(to)];
  const adds = (query) => query.get('panel')?.startsWith('add');
  return a.get('face') === b.get('face') && !adds(a) && !adds(b);
}

/**
 * @param {{search: string, epoch: string, seq: number}} page
 * @param {string} to the query of the other view
 * @returns {string} where to ask for the way
 */
export function wayURL(page, to) {
  const query = new URLSearchParams(to);
  query.set('from', page.search.replace(/^\?/, ''));
  query.set('epoch', page.epoch);
  query.set('seq', String(page.seq));
  return `travel?${query}`;
}

/**
 * Turns the page into that of another view by a patch. Nothing else may change
 * the page meanwhile.
 *
 * @param {object} options
 * @param {ReturnType<import('./page.js').openPage>} options.page
 * @param {string} options.to the query of the other view
 * @param {Document} options.doc
 * @param {(url: string, init: object) => Promise<Response>} options.fetch
 * @param {AbortSignal} options.signal aborted when the reader wants something else
 * @param {ReturnType<import('./ghost.js').openExit>} options.exit
 * @returns {Promise<boolean>} whether the page is that of the other view now; if
 *   not, it has to be loaded
 */
export async function travel({ page, to, doc, fetch, signal, exit }) {
  const response = await fetch(wayURL(page, to), {
    headers: { Accept: 'application/json' }, signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
  });
  if (response.status !== 200) return false;
  const { epoch, seq, ops } = await response.json();
  signal.throwIfAborted();
  exit.clear();
  applyOps(ops, doc, { morph, leave: exit.drop });
  page.become(to, epoch, seq);
  return true;
}
