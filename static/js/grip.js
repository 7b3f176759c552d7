/**
 * Opens the modules for rewiring and for the menus of cards when a pointer comes
 * near the board, when a card or a line has the focus, or when somebody picks
 * something up: nobody needs them before. The arrow keys of cards come with the
 * focus.
 *
 * @param {Document} doc
 * @param {ReturnType<import('./later.js').openLater>} later
 * @returns {() => void} what the key for rewiring does
 */
export function openGrip(doc, later) {
  const rewire = () => later.use('rewire', { styled: true });
  const none = () => {}; // what went wrong is in the console, and the next try may be luckier
  doc.addEventListener('focusin', ({ target }) => target.matches('.face') && later.use('cardkeys').catch(none));
  if (doc.getElementById('page').hasAttribute('data-readonly')) return none;

  function near({ target }) {
    if (!target.closest?.('#stage')) return;
    rewire().then(() => later.use('cardmenu', { styled: true })).then(() => {
      for (const sign of signs) doc.removeEventListener(sign, near);
    }, none);
  }
  const signs = ['pointerover', 'focusin'];
  for (const sign of signs) doc.addEventListener(sign, near);
  doc.addEventListener('click', (event) => {
    const button = event.target.closest('[data-pick-up]');
    if (button) rewire().then(({ pickUp }) => pickUp(button), none);
  });
  return () => {
    const at = doc.activeElement;
    rewire().then(({ pick }) => pick(at), none);
  };
}
