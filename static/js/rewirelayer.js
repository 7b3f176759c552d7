import { draw, make } from './rewiremake.js';

/**
 * The layer over the board for handles and lines, with the picture that these
 * are drawn in.
 *
 * @param {Document} doc
 */
export function openLineLayer(doc) {
  const svg = draw(doc, 'svg', { class: 'rewire-lines', 'aria-hidden': 'true' });
  const layer = openLayer(doc, 'rewire-layer');
  layer.element.append(svg);
  return { ...layer, svg };
}

/**
 * A layer over the board that has what the server does not print. It moves with
 * the board, and comes back where a whole page took its place.
 *
 * @param {Document} doc
 * @param {string} name its id and its class
 */
export function openLayer(doc, name) {
  const layer = make(doc, 'div', { id: name, class: name, 'data-keep': true });
  let zoom = 0;

  /** The layer, on the board that is there now; it is nowhere without one. */
  function place() {
    const board = doc.getElementById('board');
    if (board && layer.parentNode !== board) {
      board.append(layer);
      zooms.observe(board, { attributeFilter: ['style'] });
      rezoom();
    }
    return layer;
  }

  // What is aimed at stays as large as it is, however small the board.
  const zooms = new doc.defaultView.MutationObserver(rezoom);
  function rezoom() {
    const now = scale(doc);
    if (now === zoom) return;
    zoom = now;
    layer.style.setProperty('--unzoom', String(1 / now));
  }

  /** A place on the screen in the pixels of the board. */
  function point({ x, y }) {
    const box = layer.getBoundingClientRect();
    return { x: (x - box.left) / zoom, y: (y - box.top) / zoom };
  }

  /** The middle of a card's side, "left" or "right", in the pixels of the board. */
  function side(card, name) {
    const box = card.getBoundingClientRect();
    return point({ x: box[name], y: (box.top + box.bottom) / 2 });
  }

  doc.addEventListener('board-changed', place);
  place();
  return { element: layer, place, point, side };
}

function scale(doc) {
  const board = doc.getElementById('board');
  const { a } = new doc.defaultView.DOMMatrix(doc.defaultView.getComputedStyle(board).transform);
  return a || 1;
}

/**
 * A line from one point to another, which leaves and arrives as edges do. One
 * that runs back goes over the cards at its ends, not through them.
 */
export function curve(from, to) {
  const n = Math.round;
  const [x1, y1, x2, y2] = [from.x, from.y, to.x, to.y].map(n);
  const bend = Math.max(40, n((x2 - x1) / 2));
  if (x2 > x1) return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  const top = Math.min(y1, y2) - 56;
  const middle = n((x1 + x2) / 2);
  return `M${x1} ${y1}C${x1 + 32} ${y1} ${x1 + 32} ${top} ${middle} ${top}C${x2 - 32} ${top} ${x2 - 32} ${y2} ${x2} ${y2}`;
}
