import { land } from './land.js';

/**
 * Carries what the reader has done over from an element to the one that
 * replaces it: what was typed, which parts are open, what the last command
 * said, and, by the function it returns, the focus.
 *
 * @param {Element} old
 * @param {Element} fresh
 * @param {Document} doc
 * @returns {() => void} to be called when fresh is in the page
 */
export function carry(old, fresh, doc) {
  for (const field of old.querySelectorAll('input[id], select[id]')) {
    const twin = byId(fresh, field.id);
    if (!twin) continue;
    if (field.type === 'checkbox') {
      if (field.checked !== field.defaultChecked) twin.checked = field.checked;
    } else if (field.value !== field.defaultValue) {
      twin.value = field.value;
    }
  }
  for (const details of old.querySelectorAll('details[id]')) {
    const twin = byId(fresh, details.id);
    if (twin) twin.open = details.open;
  }
  for (const outcome of old.querySelectorAll('form[id] > .outcome')) {
    byId(fresh, outcome.parentNode.id)?.append(outcome);
  }
  return focusKeeper(old, fresh, doc);
}

function byId(root, id) {
  return root.querySelector(`[id="${CSS.escape(id)}"]`);
}

/**
 * Carries only the focus.
 *
 * @param {Element} old
 * @param {Element} fresh
 * @param {Document} doc
 * @returns {() => void} to be called when fresh is in the page
 */
function focusKeeper(old, fresh, doc) {
  const active = doc.activeElement;
  if (!active || !old.contains(active)) return () => {};
  const way = path(old, active);
  const sign = signOf(active);
  const range = 'selectionStart' in active ? [active.selectionStart, active.selectionEnd] : null;
  return () => {
    const there = (active.id && doc.getElementById(active.id)) || follow(fresh, way);
    // What stands at its place now may do something else.
    const twin = there && signOf(there) === sign ? there : null;
    if (twin) twin.focus({ preventScroll: true });
    else land(doc, fresh);
    // Fields of numbers have no selection to set.
    if (range && range[0] !== null && twin?.setSelectionRange) twin.setSelectionRange(...range);
  };
}

/** What an element is and does, as far as a page can tell. */
function signOf({ localName, id, name, value, dataset, textContent }) {
  return [localName, id, dataset.command, name, localName === 'button' ? value : '', localName === 'input' ? '' : textContent.trim()].join('\n');
}

function path(root, element) {
  const way = [];
  for (let at = element; at !== root; at = at.parentNode) {
    way.unshift([...at.parentNode.children].indexOf(at));
  }
  return way;
}

function follow(root, way) {
  let at = root;
  for (const index of way) {
    at = at?.children[index];
  }
  return at;
}
