import { formItems, selected } from './paletteforms.js';
import { request } from './request.js';

/**
 * Everything that the palette offers without asking anybody: what the page has
 * forms and links for, and what concerns the page as a whole.
 *
 * @param {import('./later.js').Board} board
 * @param {string} api absolute
 * @param {{title: string, panel: string}[]} types that can be added
 * @returns {import('./paletteforms.js').Item[]}
 */
export function pageItems(board, api, types) {
  const { doc } = board;
  const forms = formItems(doc, api);
  return [...forms, ...directorItems(doc, api), ...boardItems(board, types), ...stepItems(doc, api, forms), ...fileItems(doc)];
}

const press = (element) => () => element.click();
const words = (element) => element.textContent.replace(/\s+/g, ' ').trim();

function directorItems(doc, api) {
  const group = doc.getElementById('inspector-name')?.textContent;
  const number = selected(doc);
  if (!number) return [];
  const path = `/directors/${encodeURIComponent(group)}/dump`;
  const items = [...doc.querySelectorAll('.head .ways a')].map((link) => (
    { key: `way ${link.dataset.way}`, group, words: words(link), run: press(link) }
  ));
  if (doc.querySelector('#inspector-body > .head[data-phase="destroyed"]')) return items;
  const dump = `${api}/directors/${encodeURIComponent(number)}/dump`;
  items.push({
    key: 'dump', group, words: 'Dump its state', run: () => doc.defaultView.open(dump, '_blank', 'noopener'),
    command: () => ({ method: 'GET', path }),
  });
  return items;
}

/** What changes the view, or only the window onto it. */
function boardItems({ doc, go, page }, types) {
  const group = 'Board';
  const items = types.map(({ title, panel }) => (
    { key: panel, group: 'New director', words: `Add a director: ${title}…`, run: () => go(view(page.search, { panel })) }
  ));
  const offer = (selector, name, run = press) => {
    const element = doc.querySelector(selector);
    if (element?.checkVisibility()) items.push({ key: selector, group, words: name, run: run(element) });
  };
  offer('#face-graph', 'Show the graph');
  offer('#face-outline', 'Show the outline');
  offer('[data-zoom="fit"]', 'Fit the board to the window');
  offer('[data-zoom="in"]', 'Zoom in');
  offer('[data-zoom="out"]', 'Zoom out');
  offer('[data-follow][aria-pressed="false"]', 'Follow the events');
  offer('[data-follow][aria-pressed="true"]', 'Stop following the events');
  const only = (q) => () => go(view(page.search, { q }));
  items.push(
    { key: 'only sick', group, words: 'Show only what is sick', run: only('health:sick') },
    { key: 'only lingering', group, words: 'Show only what lingers', run: only('phase:lingering') },
    { key: 'all', group, words: 'Show all directors', run: () => go(view(page.search, { q: '', root: '' })) },
  );
  offer('#show-timeline', 'Show the time line');
  offer('#show-list', 'Show the events as a list');
  offer('#timeline-pause', 'Pause the time line, or let it go on');
  offer('#events-fold', 'Go to the events', (fold) => () => {
    fold.open = true;
    fold.querySelector('summary').focus();
    fold.scrollIntoView({ block: 'nearest' });
  });
  items.push({ key: 'keys', group, words: 'Keys and shapes: help', run: press(doc.querySelector('[data-help]')) });
  return items;
}

/** Step mode, where the page has no form for it at the moment. */
function stepItems(doc, api, forms) {
  const group = 'Step mode';
  const known = forms.some((item) => item.group === group);
  if (known || doc.querySelector('#page[data-readonly]')) return [];
  const body = { on: true };
  return [{
    key: 'form-step-on true', group, words: 'Switch on', send: () => request(`${api}/step`, { method: 'PUT', body }),
    command: () => ({ method: 'PUT', path: '/step', body }),
  }];
}

function fileItems(doc) {
  return [...doc.querySelectorAll('.foot span:not(.scripted) > a:not(.name)')].map((link) => (
    { key: `tree ${words(link)}`, group: 'Board', words: `Tree as ${words(link)}`, run: press(link) }
  ));
}

/**
 * The address of a view that differs from another one in some parameters.
 *
 * @param {string} search
 * @param {Record<string, string>} changes those that are empty are left out
 */
export function view(search, changes) {
  const query = new URLSearchParams(search);
  if (!('panel' in changes)) query.delete('panel');
  if (!('at' in changes)) query.delete('at'); // of a list that may be another one
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return query.size ? `?${query}` : './';
}

/**
 * The types of directors that can be added, from the form that asks for one.
 *
 * @param {import('./later.js').Board} board
 */
export async function typesOf({ doc }) {
  if (!doc.getElementById('add')) return [];
  const response = await fetch('?panel=add', { headers: { Accept: 'text/html' } });
  const form = new DOMParser().parseFromString(await response.text(), 'text/html');
  return [...form.querySelectorAll('.adds .types a')].map((link) => (
    { title: words(link), panel: new URLSearchParams(link.getAttribute('href')).get('panel') }
  ));
}
