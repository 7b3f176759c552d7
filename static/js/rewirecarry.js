import { make } from './rewiremake.js';
import { carrying } from './rewirewords.js';

/**
 * What is carried, by a pointer that is down or from one click to the next. A bar
 * says so, and the cards show where it may be put.
 *
 * @param {object} options
 * @param {Document} options.doc
 * @param {ReturnType<import('./rewiremarks.js').openMarks>} options.marks
 * @param {(sentence: string) => void} options.announce
 * @param {(carried: import('./rewirechange.js').Carried, place: string, anchor: Element) => void} options.put
 */
export function openCarry({ doc, marks, put, announce }) {
  const words = make(doc, 'span');
  const drop = make(doc, 'button', { type: 'button', class: 'button small' }, 'Put it back');
  const bar = make(doc, 'div', { id: 'carrying', class: 'rewire carrying', role: 'group', 'aria-label': 'Carried', hidden: true }, words, drop);
  doc.body.append(bar);
  let carried = null;

  /** @param {import('./rewirechange.js').Carried} what */
  function take(what) {
    carried = what;
    marks.show(what);
    bar.hidden = false;
    stand(bar, doc.getElementById('stage'));
    words.textContent = carrying(what);
    announce(words.textContent);
  }

  function leave() {
    carried = null;
    marks.show(null);
    bar.hidden = true;
    words.textContent = '';
  }

  // Before the link is followed.
  doc.addEventListener('click', (event) => {
    const link = carried && event.target.closest?.('#cards .face, #rows .row-name');
    const place = link && placeOf(link);
    if (!place) return;
    event.preventDefault();
    event.stopPropagation();
    const what = carried;
    leave();
    put(what, place, link);
  }, { capture: true });
  drop.addEventListener('click', leave);
  return { take, leave, get isCarrying() { return Boolean(carried); } };
}

// At the foot of the stage: the board's first cards are at its head.
function stand(bar, stage) {
  const { innerHeight } = bar.ownerDocument.defaultView;
  // Where the page scrolls, the way to put it down is out of sight.
  const { top: head, bottom: foot } = stage.getBoundingClientRect();
  if (foot < innerHeight / 3 || head > innerHeight / 2) stage.scrollIntoView({ block: 'start' });
  const { left, bottom, width } = stage.getBoundingClientRect();
  bar.style.left = `${left + 12}px`;
  bar.style.bottom = `${Math.max(12, innerHeight - bottom + 12)}px`;
  bar.style.maxWidth = `${Math.max(200, width - 300)}px`;
}

/** The director that a card or a row is about, as the API names it. */
export function placeOf(link) {
  const card = link.closest('.card');
  if (card) return card.hasAttribute('data-ghost') ? null : `@${card.id.slice('card-'.length)}`;
  return new URLSearchParams(link.getAttribute('href')).get('select');
}

/** What a button or a handle would have one carry. @returns {import('./rewirechange.js').Carried} */
export function carriedBy({ dataset }) {
  const { pickUp, from, of, slot, holds } = dataset;
  return { number: pickUp ?? `@${from}`, of, slot: Number(slot ?? 0), holds: holds ?? '' };
}
