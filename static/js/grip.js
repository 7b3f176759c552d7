import { shortcut } from './shortcut.js';

const held = '#cards > .card:not([data-ghost]), #rows > .row[data-director]';

/**
 * Opens the modules for rewiring and for the menus of cards when a pointer comes
 * near the board, when a card or a line has the focus, or when somebody picks
 * something up: nobody needs them before. The arrow keys of cards come with the
 * focus. What a reader does before they are there is done when they are.
 *
 * @param {Document} doc
 * @param {ReturnType<import('./later.js').openLater>} later
 * @returns {() => void} what the key for rewiring does
 */
export function openGrip(doc, later) {
  const rewire = () => later.use('rewire', { styled: true });
  const menus = () => rewire().then(() => later.use('cardmenu', { styled: true }));
  const none = () => {}; // what went wrong is in the console, and the next try may be luckier
  const cardKeys = () => later.use('cardkeys');
  doc.addEventListener('focusin', ({ target }) => target.matches('.face') && cardKeys().catch(none));
  doc.addEventListener('keydown', (event) => {
    const key = shortcut(event);
    if (!key.startsWith('Arrow') || !event.target.closest?.('#cards > .card')) return;
    event.preventDefault();
    cardKeys().then((go) => go(key), none);
  });
  if (doc.getElementById('page').hasAttribute('data-readonly')) return none;

  function near({ target }) {
    if (!target.closest?.('#stage')) return;
    menus().then(() => {
      for (const sign of signs) doc.removeEventListener(sign, near);
    }, none);
  }
  const signs = ['pointerover', 'focusin'];
  for (const sign of signs) doc.addEventListener(sign, near);
  doc.addEventListener('click', (event) => {
    const button = event.target.closest('[data-pick-up]');
    if (button) rewire().then(({ pickUp }) => pickUp(button), none);
  });

  /** Shows the menu of an element, unless the reader has gone on meanwhile. */
  function menu(event, element, at) {
    event.preventDefault();
    const { activeElement } = doc;
    menus().then(({ show }) => doc.activeElement === activeElement && show(element, at), none);
  }
  doc.addEventListener('contextmenu', (event) => {
    // With Shift held the reader wants the browser's own.
    if (event.shiftKey || !event.target.closest?.(`${held}, #viewport`)) return;
    menu(event, event.target, { x: event.clientX, y: event.clientY });
  });
  // Not every browser makes that of the keys by itself.
  doc.addEventListener('keydown', (event) => {
    const at = doc.activeElement;
    if (['ContextMenu', 'Shift+F10'].includes(shortcut(event)) && at.matches(`#viewport, :is(${held}) *, ${held}`)) menu(event, at);
  });
  doc.addEventListener('dblclick', ({ target }) => {
    if (target.closest?.('#viewport') && !target.closest('.card, button')) doc.getElementById('add')?.click();
  });
  return () => {
    const at = doc.activeElement;
    rewire().then(({ pick }) => pick(at), none);
  };
}
