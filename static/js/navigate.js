import { land } from './land.js';
import { morph } from './morph.js';

/** How long a view may be on its way before the page says so, in milliseconds. */
const PATIENCE = 300;

/** The parts of the page that differ from one view to another. */
const regions = ['top', 'page', 'names'];

/**
 * Follows links to other views of this page without loading it anew. The URL
 * says what is shown, so back, forward, reload and bookmarks work as ever.
 *
 * @param {object} options
 * @param {Document} options.doc
 * @param {Window} options.window
 * @param {ReturnType<import('./page.js').openPage>} options.page
 * @param {ReturnType<import('./ghost.js').openExit>} options.exit
 * @param {() => (came: boolean) => void} options.hold keeps patches from the page until the
 *   function that it returns says whether the page has become another
 * @param {() => void} options.arrived called when page and URL are those of another view
 * @param {() => void} options.settled called after that, when the reader asked for it
 * @param {(words: string) => void} options.stuck says why the reader stays where they are
 */
export function openNavigation({ doc, window, page, exit, hold, arrived, settled, stuck }) {
  let current = null; // the fetch on its way
  let asked = 0; // views that the reader has asked for, on their way
  let journey = null; // to the newest of them
  let broken = false; // patches do not fit: only a whole page helps

  function begin() {
    doc.documentElement.removeAttribute('data-loading');
    current?.abort(new DOMException('another link was followed', 'AbortError'));
    current = new AbortController();
    return current.signal;
  }

  /** Shows another view: by what differs if the server can say that, by a whole page if not. */
  async function visit(href, push = false) {
    const signal = begin();
    const waiting = window.setTimeout(() => doc.documentElement.setAttribute('data-loading', ''), PATIENCE);
    try {
      if (!(await step(href, signal)) || broken) await load(href, signal);
    } finally {
      window.clearTimeout(waiting);
      if (!signal.aborted) doc.documentElement.removeAttribute('data-loading');
    }
    if (push) window.history.pushState(null, '', href);
    settleFilter(doc);
    arrived();
  }

  async function step(href, signal) {
    const { near, travel } = await import('./travel.js');
    const to = searchOf(href);
    if (signal.aborted || broken || !near(page.search, to)) return false;
    const release = hold();
    let came = false;
    try {
      came = await travel({ page, to, doc, fetch: (...args) => window.fetch(...args), signal, exit });
      return came;
    } catch (error) {
      signal.throwIfAborted();
      console.info(`callboard: loading the whole page: ${error.message}`);
      return false;
    } finally {
      release(came);
    }
  }

  async function load(href, signal) {
    const response = await window.fetch(href, { headers: { Accept: 'text/html' }, signal });
    if (!response.ok) throw new Error(`page: ${response.status}`);
    const text = await response.text();
    signal.throwIfAborted();
    const fresh = new window.DOMParser().parseFromString(text, 'text/html');
    swap(fresh, searchOf(href) === page.search);
    const { epoch, seq } = fresh.getElementById('page').dataset;
    page.become(searchOf(href), epoch, Number(seq));
    broken = false;
  }

  const searchOf = (href) => new URL(href, window.location.href).search;

  function swap(fresh, same) {
    const typed = typedInto(doc.getElementById('form-add'));
    for (const id of regions) {
      const to = fresh.getElementById(id);
      const from = doc.getElementById(id);
      // A page without these parts is an error page, or another program's.
      if (!to || !from) throw new Error(`page: there is no #${id}`);
      morph(from, doc.importNode(to, true), same);
    }
    doc.title = fresh.title;
    for (const [id, value] of typed) {
      const field = doc.getElementById('form-add') && doc.getElementById(id);
      if (field && takes(field, value)) field.value = value;
    }
  }

  /**
   * Shows another view, by a full load if it must be.
   *
   * @param {string} href
   * @param {string} [from] the query of the view that this leads on from: nothing
   *   happens if the reader has left that meanwhile
   */
  async function go(href, from) {
    if (from !== undefined && (asked || !sameForm(from, page.search))) return;
    leaving();
    asked += 1;
    try {
      journey = visit(href, true);
      await journey;
    } catch (error) {
      failed(error, () => window.location.assign(href));
      return;
    } finally {
      asked -= 1;
    }
    settleFocus(doc, href);
    if (narrow() && selected(page.search) !== was) turn();
    else if (lost()) {
      if (!selected(page.search)) comeBack();
      land(doc);
    }
    settled();
  }

  /** Without a line the reader keeps what they have; an answer that is no page is shown as it is. */
  function failed(error, leave) {
    if (error.name === 'AbortError') return;
    if (!(error instanceof window.TypeError)) return leave();
    stuck('Offline: that view cannot be fetched now');
  }

  /**
   * Shows a view that differs in nothing to go back to, as a list that is
   * scrolled does. What the reader has asked for meanwhile goes first.
   *
   * @returns {Promise<boolean>} whether it is shown
   */
  async function replace(href) {
    if (asked) return false;
    try {
      await visit(href);
    } catch {
      return false; // the next one may come
    }
    window.history.replaceState(null, '', href);
    return true;
  }

  // Where board and inspector are one below the other, the reader is led to the
  // one from the other, and back to where they were.
  let was = null;
  let origin = '';
  let had = false; // something had the focus
  const narrow = () => window.matchMedia('(max-width: 59.99rem)').matches;

  function leaving() {
    was = selected(page.search);
    had = doc.activeElement !== null && doc.activeElement !== doc.body;
    const from = doc.activeElement?.closest('.row, .card');
    if (from) origin = from.id;
  }

  function turn() {
    const inspector = doc.getElementById('inspector');
    if (selected(page.search)) {
      inspector.focus({ preventScroll: true });
      // Below a board half of the window is enough: what is selected there stays in sight.
      const card = doc.querySelector('#cards .face[aria-current="true"]');
      if (!card?.getClientRects().length) inspector.scrollIntoView();
      else window.scrollBy({ top: Math.min(inspector.getBoundingClientRect().top - window.innerHeight / 2, card.getBoundingClientRect().top - 16) });
    } else {
      comeBack();
    }
  }

  const lost = () => had && (!doc.activeElement || doc.activeElement === doc.body);

  /** The inspector is shut: the reader goes on where it was opened. */
  function comeBack() {
    doc.getElementById(origin)?.querySelector('.row-name, .face')?.focus({ preventScroll: !narrow() });
  }

  doc.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const href = event.target.closest('a[href]')?.getAttribute('href');
    if (!href || !(href.startsWith('?') || href === './')) return;
    event.preventDefault();
    go(href);
  });

  let timer = null;
  doc.addEventListener('input', (event) => {
    if (event.target.id !== 'q') return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => go(hrefOf(event.target.form)), 250);
  });
  doc.addEventListener('submit', (event) => {
    if (event.target.id !== 'filter') return;
    event.preventDefault();
    go(hrefOf(event.target));
  });
  window.addEventListener('popstate', () => {
    asked += 1;
    journey = visit(window.location.href);
    journey.catch((error) => failed(error, () => window.location.reload())).finally(() => {
      asked -= 1;
    });
  });

  /** Loads the view that is shown again, unless one that the reader has asked for comes as a whole page. */
  async function reload() {
    broken = true;
    while (asked) await Promise.allSettled([journey]);
    if (!broken) return;
    await load(window.location.href, begin());
    arrived();
  }
  return { go, replace, reload };
}

/** Whether a field of another form can have what was typed before, and has nothing better. */
function takes(field, value) {
  if (field.localName === 'select') return [...field.options].some((option) => option.value === value);
  return field.value === field.defaultValue;
}

/** What was typed into a form, by the ids of its fields: that for another type of director has some of them, too. */
function typedInto(form) {
  const fields = [...(form?.querySelectorAll('input[id]:not([type="checkbox"]), select[id]') ?? [])];
  return fields.filter((field) => field.value !== field.defaultValue).map(({ id, value }) => [id, value]);
}

function hrefOf(form) {
  const values = [...new FormData(form)].filter(([, value]) => value !== '');
  return values.length ? `?${new URLSearchParams(values)}` : './';
}

// What was typed belongs to the view before, unless it is being typed.
function settleFilter(doc) {
  const field = doc.getElementById('q');
  if (field !== doc.activeElement) field.value = field.defaultValue;
}

// A form that was opened wants the focus; a director that was picked does not.
function settleFocus(doc, href) {
  const query = new URLSearchParams(href.slice(1));
  if (query.get('panel')?.startsWith('add')) doc.getElementById('add-name')?.focus();
  else if (query.get('panel') === 'delete') doc.getElementById('confirm-delete')?.focus();
}

const selected = (search) => new URLSearchParams(search).get('select');

/** Whether two views have the same form open, of the same director. */
const sameForm = (...searches) => {
  const [a, b] = searches.map((search) => new URLSearchParams(search));
  return ['select', 'panel'].every((name) => a.get(name) === b.get(name));
};
