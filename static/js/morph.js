/**
 * Turns one element into another and leaves alone what is the same, so that
 * focus, scroll position, half-filled forms and running transitions survive.
 * Children with an id are matched by it, others by their place.
 *
 * @param {Element} from in the page
 * @param {Element} to as it should be; it is used up
 * @param {boolean} same whether it is about the same thing as before: then what
 *   the last command said stays, too
 */
export function morph(from, to, same = false) {
  if (from.isEqualNode(to) || from.hasAttribute('data-keep')) return;
  attributes(from, to);
  children(from, to, same);
}

// What the browser's side sets: the server does not know of it.
const own = new Set([
  'style', 'open', 'data-camera', 'data-scale', 'data-news', 'data-rewire', 'data-loop',
  'aria-invalid', 'aria-describedby', 'aria-selected', 'tabindex',
]);

function attributes(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !own.has(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !own.has(name)) from.setAttribute(name, value);
  }
}

function children(from, to, same) {
  const named = new Map();
  for (const child of from.children) {
    if (child.id) named.set(child.id, child);
  }
  const skip = (node) => {
    while (same && node?.nodeType === 1 && node.matches('.outcome, .refusal')) node = node.nextSibling;
    return node;
  };
  let cursor = skip(from.firstChild);
  for (const child of [...to.childNodes]) {
    const twin = child.id ? sameKind(named.get(child.id), child) : sameKind(cursor, child);
    if (!twin) {
      from.insertBefore(child, cursor);
      continue;
    }
    if (twin === cursor) cursor = skip(cursor.nextSibling);
    else from.insertBefore(twin, cursor);
    if (twin.nodeType === 1) morph(twin, child, same);
    else if (twin.data !== child.data) twin.data = child.data;
  }
  while (cursor) {
    const next = skip(cursor.nextSibling);
    cursor.remove();
    cursor = next;
  }
}

function sameKind(node, other) {
  return node && node.nodeName === other.nodeName && (node.id ?? '') === (other.id ?? '') ? node : null;
}
