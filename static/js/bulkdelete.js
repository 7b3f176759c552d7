import { request, wordsOf } from './request.js';

/** How many names the question lists. */
const MOST = 20;

/**
 * Says in words who holds a director.
 *
 * @param {{kind: string, name: string, id?: number}} holder
 */
export function holderWords({ kind, name, id }) {
  switch (kind) {
    case 'member': return name;
    case 'pin': return name ? `pin “${name}”` : `pin ${id}`;
    case 'default': return `the default of ${name}`;
    case 'task': return 'a request';
  }
  return 'the owner';
}

/**
 * Says what deleting the directors would do.
 *
 * @param {object} preview the answer of the API
 * @returns {[string, string][]} what happens, and to whom
 */
export function previewWords({ releases, destroys, lingers }) {
  const list = (words, none) => (words.length ? [...new Set(words)].join(', ') : none);
  const words = [['lets go of', list(releases, 'nothing')], ['destroys', list(destroys, 'nothing yet')]];
  for (const { director, held_by: holders, more = 0 } of lingers) {
    const rest = more ? [`${more} more`] : [];
    words.push([`${director} lingers while held by`, list([...holders.map(holderWords), ...rest])]);
  }
  return words;
}

/**
 * Shows what deleting the directors would do, together, and asks whether to.
 *
 * @param {object} options
 * @param {Document} options.doc
 * @param {string} options.api
 * @param {{director: string, name: string}[]} options.directors
 * @returns {Promise<boolean>}
 */
export async function askDelete({ doc, api, directors }) {
  const [first, ...others] = directors.map(({ director }) => `@${director}`);
  const also = new URLSearchParams(others.map((other) => ['with', other]));
  const preview = await request(`${api}/directors/${first}/delete-preview?${also}`, { method: 'GET' }).then(previewWords, (problem) => (
    [['cannot be said', wordsOf(problem)]]
  ));
  const made = (name, attributes = {}, ...inside) => {
    const element = doc.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };
  const what = directors.length === 1 ? directors[0].name : `${directors.length} directors`;
  const named = directors.slice(0, MOST).map(({ name }) => name);
  const names = [...named, ...(directors.length > MOST ? [`${directors.length - MOST} more`] : [])].join(', ');
  const dialog = made('dialog', { id: 'bulk-delete', class: 'dialog bulk-delete', 'aria-labelledby': 'bulk-delete-title' }, made(
    'form', { method: 'dialog' },
    made('h2', { id: 'bulk-delete-title' }, `Delete ${what}?`),
    ...(directors.length > 1 ? [made('p', { class: 'name' }, names)] : []),
    made('p', { class: 'quiet' }, 'What that would do, as things stand now'),
    made('dl', { class: 'bulk-preview', tabindex: '0', 'aria-label': 'What deleting would do' },
      ...preview.map(([part, words]) => made('div', {}, made('dt', {}, part), made('dd', {}, words)))),
    made('p', { class: 'line' },
      made('button', { class: 'button danger solid', value: 'delete' }, `Delete ${what}`),
      made('button', { class: 'button', value: '', autofocus: '' }, directors.length === 1 ? 'Keep it' : 'Keep them')),
  ));
  // The keys of the page are not for what lies behind the question.
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  doc.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'delete');
    });
  });
}
