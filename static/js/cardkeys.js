import { coordinate } from './camera.js';

const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The card next to another one in the direction of an arrow key: of the nearest
 * column that way the one most level with it, or the next one of its own column.
 *
 * @template {{x: number, y: number}} T
 * @param {T} from
 * @param {T[]} cards
 * @param {string} key
 * @returns {T|null}
 */
export function next(from, cards, key) {
  const [across, down] = ways[key];
  const far = across
    ? ({ x, y }) => (x - from.x) * across * 1000 + Math.abs(y - from.y)
    : ({ y }) => (y - from.y) * down;
  const ahead = cards.filter((card) => (across ? (card.x - from.x) * across > 0 : card.x === from.x && (card.y - from.y) * down > 0));
  return ahead.reduce((best, card) => (best && far(best) <= far(card) ? best : card), null);
}

/**
 * Goes from the card that has the focus to the next one.
 *
 * @param {import('./later.js').Board} board
 * @returns {(key: string) => void} what an arrow key does
 */
export function open({ doc }) {
  return (key) => {
    const card = doc.activeElement.closest('#cards > .card');
    const placed = [...doc.querySelectorAll('#cards > .card:not([data-ghost])')].map((element) => (
      { element, x: coordinate(element.dataset.x), y: coordinate(element.dataset.y) }
    ));
    const from = placed.find(({ element }) => element === card);
    if (from) next(from, placed, key)?.element.firstElementChild.focus();
  };
}
