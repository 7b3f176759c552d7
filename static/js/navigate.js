import { morph } from './morph.js';

/** The parts of the page that differ from one view to another. */
const regions = ['top', 'page', 'names'];

/**
 * Follows links to other views of this page without loading it anew. The URL
 * says what is shown, so back, forward, reload and bookmarks work as ever.
 *
 * @param {object} options
 * @param {Document} options.doc
 * @param {Window} options.window
 * @param {() => void} options.arrived called when page and URL are those of another view
 * @param {() => void} options.settled called after that, when the reader asked for it
 */
export function openNavigation({ doc, window, arrived, settled }) {
  let current = null; // the fetch on its way

  async function load(href, push = false) {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    const response = await window.fetch(href, { headers: { Accept: 'text/html' }, signal: mine.signal });
    if (!response.ok) throw new Error(`page: ${response.status}`);
    const text = await response.text();
    if (mine !== current) throw new DOMException('another link was followed', 'AbortError');
    swap(new window.DOMParser().parseFromString(text, 'text/html'));
    if (push) window.history.pushState(null, '', href);
    arrived();
  }

  function swap(fresh) {
    for (const id of regions) {
      const to = fresh.getElementById(id);
      const from = doc.getElementById(id);
      // A page without these parts is an error page, or another program's.
      if (!to || !from) throw new Error(`page: there is no #${id}`);
      morph(from, doc.importNode(to, true));
    }
    doc.title = fresh.title;
  }

  /** Shows another view, by a full load if it must be. */
  async function go(href) {
    try {
      await load(href, true);
    } catch (error) {
      if (error.name !== 'AbortError') window.location.assign(href);
      return;
    }
    settleFocus(doc, href);
    settled();
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
  window.addEventListener('popstate', () => load(window.location.href).catch(() => window.location.reload()));

  /** Loads the view that is shown again. */
  const reload = () => load(window.location.href);
  return { go, reload };
}

function hrefOf(form) {
  const values = [...new FormData(form)].filter(([, value]) => value !== '');
  return values.length ? `?${new URLSearchParams(values)}` : './';
}

// A form that was opened wants the focus; a director that was picked does not.
function settleFocus(doc, href) {
  const query = new URLSearchParams(href.slice(1));
  if (query.get('panel')?.startsWith('add')) doc.getElementById('add-name')?.focus();
  else if (query.get('panel') === 'delete') doc.getElementById('confirm-delete')?.focus();
  else if (query.get('select') && doc.defaultView.matchMedia('(max-width: 59.99rem)').matches) {
    doc.getElementById('inspector').scrollIntoView();
  }
}
