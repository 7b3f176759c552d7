/**
 * Gives the focus, where what had it is gone, to a place from which a reader
 * goes on: the part of the page that it was in, never another command. The next
 * press of Enter must not do what nobody meant.
 *
 * @param {Document} doc
 * @param {Element} [near] where it was
 */
export function land(doc, near) {
  if (doc.activeElement && doc.activeElement !== doc.body) return;
  if (near?.closest('.row')) return; // treegrid.js knows better
  const part = near?.isConnected ? near.closest('.section, .stepping') : null;
  const place = part ? (part.querySelector('h2, h3, strong') ?? part) : doc.getElementById('inspector');
  if (!place) return;
  if (!place.hasAttribute('tabindex')) place.setAttribute('tabindex', '-1');
  place.focus({ preventScroll: true });
}
