/**
 * Opens the module for rewiring when a pointer comes near the board, or when
 * somebody picks something up: nobody needs it before.
 *
 * @param {Document} doc
 * @param {ReturnType<import('./later.js').openLater>} later
 * @returns {() => void} what the key for it does
 */
export function openGrip(doc, later) {
  const rewire = () => later.use('rewire', { styled: true });
  const none = () => {}; // what went wrong is in the console, and the next try may be luckier
  if (doc.getElementById('page').hasAttribute('data-readonly')) return none;

  doc.addEventListener('pointerover', function near(event) {
    if (!event.target.closest?.('#stage')) return;
    doc.removeEventListener('pointerover', near);
    rewire().catch(none);
  });
  doc.addEventListener('click', (event) => {
    const button = event.target.closest('[data-pick-up]');
    if (button) rewire().then(({ pickUp }) => pickUp(button), none);
  });
  return () => {
    const at = doc.activeElement;
    rewire().then(({ pick }) => pick(at), none);
  };
}
