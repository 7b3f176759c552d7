import { coordinate, lattice } from './camera.js';

/**
 * The card that an event is about first, by the links in its words.
 *
 * @param {Element} event a line of the list
 * @param {Document} doc
 * @returns {HTMLElement|null}
 */
export function cardOf(event, doc) {
  for (const link of event.querySelectorAll('.words a[href]')) {
    const [, id] = /[?&]select=(?:%40|@)(\d+)/.exec(link.getAttribute('href')) ?? [];
    const card = id && doc.getElementById(`face-${id}`)?.closest('.card');
    if (card) return card;
  }
  return null;
}

/**
 * Follows the newest event that is about a card on the board, while it is on.
 *
 * @param {Document} doc
 * @param {(point: {x: number, y: number}) => void} go moves the camera
 */
export function openFollower(doc, go) {
  let on = false;
  let newest = '';
  let waiting = false;

  function look() {
    waiting = false;
    const event = doc.querySelector('#event-list > .event');
    if (!on || !event || event.id === newest) return;
    newest = event.id;
    const card = cardOf(event, doc);
    if (!card) return;
    const { column, row, width, height } = lattice;
    const { x, y } = card.dataset;
    go({ x: coordinate(x) * column + width / 2, y: coordinate(y) * row + height / 2 });
  }

  new MutationObserver(() => {
    if (!on || waiting) return;
    waiting = true;
    requestAnimationFrame(look);
  }).observe(doc.getElementById('events'), { subtree: true, childList: true });

  return {
    /** Turns following on, from the newest event, or off. */
    turn(wish) {
      on = wish;
      newest = '';
      look();
    },
  };
}
