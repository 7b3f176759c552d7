import { carry, focusKeeper } from './keep.js';

/**
 * One step of a patch; package web of the server has the same verbs.
 *
 * @typedef {object} Op
 * @property {'replace'|'insert'|'prepend'|'remove'|'attrs'} op
 * @property {string} id
 * @property {string} [parent]
 * @property {string} [before]
 * @property {string} [html]
 * @property {Record<string, string>} [attrs]
 */

/**
 * @typedef {object} Hooks
 * @property {(element: Element) => void} [leave] takes a removed element away
 * @property {(fresh: Element, old: Element|null) => void} [arrived]
 * @property {boolean} [another] the page becomes one of something else: what was
 *   typed stays behind
 */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Applies a patch. An unknown verb or a missing target means that page and
 * server disagree: it throws, and the caller loads the page again.
 *
 * @param {Op[]} ops
 * @param {Document} doc
 * @param {Hooks} hooks
 */
export function applyOps(ops, doc, hooks = {}) {
  for (const op of ops) {
    const verb = Object.hasOwn(verbs, op.op) ? verbs[op.op] : null;
    if (!verb) throw new Error(`patch: unknown verb ${op.op}`);
    verb(op, doc, hooks);
  }
}

const verbs = {
  replace(op, doc, hooks) {
    exchange(find(op.id, op, doc), op, doc, hooks);
  },

  insert(op, doc, hooks) {
    const old = doc.getElementById(op.id);
    if (old) return exchange(old, op, doc, hooks);
    const parent = find(op.parent, op, doc);
    const next = op.before ? find(op.before, op, doc) : null;
    place(parent, next, op, doc, hooks);
  },

  prepend(op, doc, hooks) {
    const old = doc.getElementById(op.id);
    if (old) return exchange(old, op, doc, hooks);
    const parent = find(op.parent, op, doc);
    place(parent, parent.firstElementChild, op, doc, hooks);
  },

  // What is gone already is gone: a patch may come twice.
  remove(op, doc, hooks) {
    const old = doc.getElementById(op.id);
    if (!old) return;
    if (hooks.leave) hooks.leave(old);
    else old.remove();
  },

  attrs(op, doc) {
    const target = find(op.id, op, doc);
    for (const [name, value] of Object.entries(op.attrs)) target.setAttribute(name, value);
  },
};

function find(id, op, doc) {
  const element = doc.getElementById(id);
  if (!element) throw new Error(`patch: ${op.op} of ${op.id}: there is no #${id}`);
  return element;
}

function exchange(old, op, doc, hooks) {
  const fresh = parse(op.html, old.parentNode, doc);
  const settle = (hooks.another ? focusKeeper : carry)(old, fresh, doc);
  old.replaceWith(fresh);
  settle();
  hooks.arrived?.(fresh, old);
}

function place(parent, next, op, doc, hooks) {
  const fresh = parse(op.html, parent, doc);
  parent.insertBefore(fresh, next);
  hooks.arrived?.(fresh, null);
}

// A template parses table rows as such; what goes into a drawing has to be
// parsed inside of one to be an SVG element.
function parse(html, parent, doc) {
  const template = doc.createElement('template');
  if (parent.namespaceURI !== SVG) {
    template.innerHTML = html;
    return template.content.firstElementChild;
  }
  template.innerHTML = `<svg>${html}</svg>`;
  return template.content.firstElementChild.firstElementChild;
}
