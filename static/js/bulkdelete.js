import { request } from './request.js';

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
 * Says what deleting a director would do.
 *
 * @param {object} preview the answer of the API
 * @returns {[string, string][]} what happens, and to whom
 */
export function previewWords({ releases, destroys, lingers }) {
  const list = (words, none) => (words.length ? [...new Set(words)].join(', ') : none);
  const words = [['lets go of', list(releases, 'nothing')], ['destroys', list(destroys, 'nothing yet')]];
  for (const { held_by: holders, more = 0 } of lingers) {
    const rest = more ? [`${more} more`] : [];
    words.push(['lingers while held by', list([...holders.map(holderWords), ...rest])]);
  }
  return words;
}

/**
 * Shows what deleting each of the directors would do, and asks whether to.
 *
 * @param {object} options
 * @param {Document} options.doc
 * @param {string} options.api
 * @param {{director: string, name: string}[]} options.directors
 * @returns {Promise<boolean>}
 */
export async function askDelete({ doc, api, directors }) {
  const previews = await Promise.all(directors.map(({ director }) => (
    request(`${api}/directors/@${director}/delete-preview`, { method: 'GET' }).then(previewWords, (problem) => (
      [['cannot be said', problem.detail ?? problem.title ?? String(problem)]]
    ))
  )));
  const made = (name, attributes = {}, ...inside) => {
    const element = doc.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };
  const what = directors.length === 1 ? directors[0].name : `${directors.length} directors`;
  const items = directors.map(({ name }, i) => made('li', {}, made('b', { class: 'name' }, name), made(
    'dl', {}, ...previews[i].map(([part, words]) => made('div', {}, made('dt', {}, part), made('dd', {}, words))),
  )));
  const dialog = made('dialog', { id: 'bulk-delete', class: 'help bulk-delete', 'aria-labelledby': 'bulk-delete-title' }, made(
    'form', { method: 'dialog' },
    made('h2', { id: 'bulk-delete-title' }, `Delete ${what}?`),
    made('p', { class: 'quiet' }, 'What each would do by itself, as things stand now'),
    made('ul', { class: 'bulk-previews', tabindex: '0', role: 'list', 'aria-label': 'What deleting would do' }, ...items),
    made('p', { class: 'line' },
      made('button', { class: 'button danger solid', value: 'delete', autofocus: '' }, `Delete ${what}`),
      made('button', { class: 'button', value: '' }, directors.length === 1 ? 'Keep it' : 'Keep them')),
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
