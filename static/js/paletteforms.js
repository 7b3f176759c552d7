import { commandOf } from './formbody.js';

/**
 * Something that the palette offers.
 *
 * @typedef {object} Item
 * @property {string} key names it as long as the page is the same one
 * @property {string} group
 * @property {string} words
 * @property {Element} [element] the form or link that it stands for
 * @property {HTMLButtonElement} [button] of the form
 * @property {HTMLInputElement[]} [fields] of the form that the reader fills in
 * @property {() => void} [run] what it does, if it does not send its form
 * @property {(values?: Map<string, string>) => import('./copyas.js').Command} [command]
 *   what it tells the API
 */

/**
 * The commands that the page has forms for: whoever may not give one has no form.
 *
 * @param {Document} doc
 * @param {string} api
 * @returns {Item[]}
 */
export function formItems(doc, api) {
  if (doc.querySelector('#page[data-readonly]')) return [];
  const name = namer(doc);
  const items = [];
  const sections = [...doc.querySelectorAll('#inspector .section, #steps .stepping')];
  const forms = sections.sort((a, b) => order(a) - order(b)).flatMap((one) => [...one.querySelectorAll('form[method="post"]')]);
  for (const form of forms) {
    if (form.hidden) continue;
    for (const button of form.querySelectorAll('button:not([type="button"])')) items.push(formItem(form, button, api, name));
  }
  const deletes = doc.getElementById('delete');
  if (deletes) items.push(deleteItem(deletes, doc, api, name));
  return items;
}

/** What is open and asks something comes first, then what is done most. */
const order = ({ dataset }) => ['add', 'delete', 'commands'].indexOf(dataset.section) + 1 || 9;

function formItem(form, button, api, name) {
  const fields = [...form.querySelectorAll('input:not([type="hidden"]), select')];
  const command = (values = new Map()) => {
    const all = [...new FormData(form, button)].map(([field, value]) => [field, values.get(field) ?? value]);
    return name(commandOf(below(button.hasAttribute('formaction') ? button.formAction : form.action, api), all));
  };
  return {
    key: `${form.id} ${button.value}`, group: groupOf(form), words: wordsOf(form, button, fields), element: form, button, fields, command,
  };
}

/** The link to the preview stands for the command that the preview asks about. */
function deleteItem(link, doc, api, name) {
  const id = selected(doc);
  return {
    key: 'delete', group: groupOf(link), words: text(link), element: link, run: () => link.click(),
    command: () => name({ method: 'DELETE', path: `/directors/${id}` }),
  };
}

/** The path of a URL below the instance. */
const below = (url, api) => new URL(url, api).pathname.slice(new URL(api).pathname.length);

const text = (element) => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

/** What the page calls it: the heading of the row, what it is about, the button. */
function wordsOf(form, button, fields) {
  const does = text(button);
  const row = form.closest('li');
  const about = row ? place(row) : text(form.querySelector('.caption'));
  const label = !row && !form.matches('.stack') && !form.querySelector('.caption') && text(fields[0]?.labels?.[0]);
  const words = label || (about && !does.startsWith(about) ? `${about}: ${does}` : does);
  return fields.length && !form.matches('.stack') ? `${words}…` : words;
}

function place(row) {
  const slot = text(row.querySelector('.slot'));
  const who = text(row.querySelector('.grow') ?? row.querySelector('span'));
  return slot ? `Slot ${slot}, ${who}` : [who, text(row.querySelector(':scope > .quiet'))].filter(Boolean).join(', ');
}

function groupOf(element) {
  if (element.closest('.stepping, [data-section="step"]')) return 'Step mode';
  if (element.closest('.adds')) return 'New director';
  return text(element.ownerDocument.getElementById('inspector-name')) || 'Board';
}

/** The selected director, as "@17". */
export function selected(doc) {
  const [, id] = /^head-(\d+)$/.exec(doc.querySelector('#inspector-body > .head')?.id ?? '') ?? [];
  return id && `@${id}`;
}

/**
 * The page means a director by its number, which another run gives to another
 * one. Texts that outlive the page name it, as long as no other has its name.
 */
function namer(doc) {
  const number = selected(doc);
  const live = doc.querySelector('#inspector-body > .head[data-phase="live"]');
  const full = live && text(live.querySelector('#inspector-name'));
  if (!full) return (command) => command;
  const plain = !/[*?[\\]/.test(full); // of a pattern
  return ({ method, path, body }) => ({
    method,
    path: path.split('/').map((part) => (decodeURIComponent(part) === number ? encodeURIComponent(full) : part)).join('/'),
    body: body && {
      ...body,
      ...(body.director === number && { director: full }),
      ...(body.pattern === number && plain && { pattern: full }),
    },
  });
}
