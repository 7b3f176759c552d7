/**
 * Takes elements away. A card leaves a ghost for some seconds: a reader who
 * looks up must be able to see that something went, and where it was.
 *
 * @param {Document} doc
 * @param {() => boolean} still whether nothing should move
 */
export function openExit(doc, still) {
  function leave(element) {
    if (!element.classList.contains('card') || still() || doc.hidden) {
      drop(element);
      return;
    }
    passFocus(element, doc);
    const ghost = element;
    for (const named of [ghost, ...ghost.querySelectorAll('[id]')]) named.removeAttribute('id');
    ghost.setAttribute('data-ghost', 'gone');
    ghost.setAttribute('aria-hidden', 'true');
    ghost.inert = true;
    setTimeout(() => ghost.setAttribute('data-ghost', 'going'), 1000);
    setTimeout(() => ghost.remove(), 5000);
  }

  /** Takes away what is not gone, but not to be seen in this view. */
  function drop(element) {
    passFocus(element, doc);
    element.remove();
  }

  /** Ends all ghosts: they stand where cards of another view may come. */
  function clear() {
    for (const ghost of doc.querySelectorAll('[data-ghost]')) ghost.remove();
  }

  return { leave, drop, clear };
}

// The focus goes to a neighbour, or a keyboard user would be thrown back to the
// top of the page.
function passFocus(element, doc) {
  // A line of the treegrid may come back at another place: treegrid.js knows.
  if (!element.contains(doc.activeElement) || element.matches('.row[tabindex]')) return;
  const near = element.nextElementSibling ?? element.previousElementSibling ?? element.parentElement;
  const target = near?.matches('a, button, input, [tabindex]') ? near : near?.querySelector('a, button, input');
  target?.focus({ preventScroll: true });
}
