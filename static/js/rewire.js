import { carriedBy, openCarry, placeOf } from './rewirecarry.js';
import { changeOf } from './rewirechange.js';
import { openDrag } from './rewiredrag.js';
import { openHandles } from './rewirehandles.js';
import { openLineLayer } from './rewirelayer.js';
import { openLoop } from './rewireloop.js';
import { openMarks } from './rewiremarks.js';
import { openPanel } from './rewirepanel.js';
import { openPicker } from './rewirepicker.js';
import { shortcut } from './shortcut.js';

/**
 * Points member slots at other directors, in three ways that end in the same
 * panel: by dragging, by picking up and putting down with clicks, by the keyboard.
 *
 * @param {import('./later.js').Board} board
 */
export function open({ doc, page, api, announce }) {
  const layer = openLineLayer(doc);
  const loop = openLoop(doc, layer);
  const marks = openMarks(doc);
  const panel = openPanel({ doc, api, page, loop, announce });
  const put = (carried, place, anchor) => panel.open(changeOf(carried, place), anchor);
  const carry = openCarry({ doc, marks, put, announce });
  const drag = openDrag({ doc, layer, marks, begun: rest, put });
  const picker = openPicker({ doc, api, page, loop, panel });
  openHandles(doc, layer);

  function rest() {
    carry.leave();
    panel.close();
  }

  function pickUp(button) {
    rest();
    carry.take(carriedBy(button));
  }

  /** Asks what to rewire of the director that the reader is at. */
  function pick(at) {
    if (doc.querySelector('dialog:modal')) return;
    const link = at?.closest?.('.card')?.querySelector('.face') ?? at?.closest?.('.row')?.querySelector('.row-name');
    const director = (link && placeOf(link)) ?? new URLSearchParams(page.search).get('select');
    rest();
    if (director) picker.open(director);
  }

  doc.addEventListener('click', (event) => {
    const handle = event.target.closest?.('.handle');
    if (handle) pickUp(handle);
  });
  // Before others who close something with this key.
  doc.addEventListener('keydown', (event) => {
    if (shortcut(event) !== 'Escape' || picker.isOpen) return;
    const [busy] = [drag.isDragging && drag.end, carry.isCarrying && carry.leave, panel.isOpen && panel.close].filter(Boolean);
    if (!busy) return;
    event.preventDefault();
    event.stopPropagation();
    busy();
  }, { capture: true });
  return { pickUp, pick };
}
