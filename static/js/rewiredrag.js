import { carriedBy } from './rewirecarry.js';
import { curve } from './rewirelayer.js';
import { draw } from './rewiremake.js';

/** How far a pointer moves before it drags, in pixels. */
const THRESHOLD = 6;

/**
 * Drags the end of an edge, or a card, onto a card. A pointer that hardly moves
 * clicks, as ever.
 *
 * @param {object} options
 * @param {Document} options.doc
 * @param {ReturnType<import('./rewirelayer.js').openLineLayer>} options.layer
 * @param {ReturnType<import('./rewiremarks.js').openMarks>} options.marks
 * @param {() => void} options.begun ends what went on before
 * @param {(carried: import('./rewirechange.js').Carried, place: string, anchor: Element) => void} options.put
 */
export function openDrag({ doc, layer, marks, begun, put }) {
  const line = draw(doc, 'path', { class: 'drag-line' });
  let press = null; // where a pointer went down, and on what
  let over = null; // the card under the pointer

  function down(event) {
    if (event.button !== 0 || !event.isPrimary || press) return;
    const handle = event.target.closest?.('.handle');
    const card = event.target.closest?.('#cards > .card:not([data-ghost])');
    // A finger on a card moves the board; what it picks up it has from the menu.
    if (!handle && (!card || event.pointerType === 'touch')) return;
    const carried = handle ? carriedBy(handle) : { number: `@${card.id.slice('card-'.length)}`, of: card.firstElementChild.dataset.name, slot: 0, holds: '' };
    press = { x: event.clientX, y: event.clientY, id: event.pointerId, carried, dragging: false };
  }

  function move(event) {
    if (!press || event.pointerId !== press.id) return;
    if (!press.dragging && Math.hypot(event.clientX - press.x, event.clientY - press.y) < THRESHOLD) return;
    if (!press.dragging) begin(event);
    aim(event);
  }

  function begin(event) {
    begun();
    press.dragging = true;
    doc.getElementById('viewport').setPointerCapture(event.pointerId);
    doc.documentElement.setAttribute('data-dragging', '');
    marks.show(press.carried);
    layer.place();
    layer.svg.append(line);
  }

  function aim({ clientX, clientY }) {
    const card = doc.elementFromPoint(clientX, clientY)?.closest('#cards > .card:not([data-ghost])') ?? null;
    if (card !== over) {
      over?.removeAttribute('data-over');
      card?.setAttribute('data-over', '');
      over = card;
    }
    const { number, slot } = press.carried;
    const start = doc.getElementById(`card-${number.slice(1)}`);
    if (!start) return;
    const pointer = layer.point({ x: clientX, y: clientY });
    const path = slot
      ? curve(layer.side(start, 'right'), card ? layer.side(card, 'left') : pointer)
      : curve(card ? layer.side(card, 'right') : pointer, layer.side(start, 'left'));
    line.setAttribute('d', path);
  }

  function up(event) {
    if (!press || event.pointerId !== press.id) return;
    const { carried, dragging } = press;
    const card = over;
    end();
    if (!dragging) return;
    quiet(doc);
    const place = card && `@${card.id.slice('card-'.length)}`;
    if (place && !(place === carried.number && !carried.slot)) put(carried, place, card);
  }

  /** Forgets the drag, wherever it has come to. */
  function end() {
    if (press?.dragging) marks.show(null);
    doc.documentElement.removeAttribute('data-dragging');
    over?.removeAttribute('data-over');
    line.remove();
    [press, over] = [null, null];
  }

  doc.addEventListener('pointerdown', down);
  doc.addEventListener('pointermove', move);
  doc.addEventListener('pointerup', up);
  doc.addEventListener('pointercancel', (event) => press?.id === event.pointerId && end());
  // The browser would drag the link.
  doc.addEventListener('dragstart', (event) => event.target.closest?.('#cards') && event.preventDefault());
  return { end, get isDragging() { return Boolean(press?.dragging); } };
}

// A drag that ends where it began is no click.
function quiet(doc) {
  const stop = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  doc.addEventListener('click', stop, { capture: true });
  doc.defaultView.setTimeout(() => doc.removeEventListener('click', stop, { capture: true }), 0);
}
