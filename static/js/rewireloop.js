import { curve } from './rewirelayer.js';
import { draw } from './rewiremake.js';

/** The steps of a loop: pairs of numbers, the first of which does not exist yet. */
export function steps(ids) {
  return ids.slice(1).map((to, i) => [String(ids[i]), String(to)]);
}

/**
 * Draws on the board what a change would come to: the edge that would be new, and
 * the directors and edges of the loop that it would close.
 *
 * @param {Document} doc
 * @param {ReturnType<import('./rewirelayer.js').openLineLayer>} layer
 */
export function openLoop(doc, layer) {
  const line = draw(doc, 'path');
  let loop = null;
  let edge = null;

  function mark() {
    const wanted = new Set();
    for (const [from, to] of loop ? steps(loop) : []) {
      wanted.add(doc.getElementById(`card-${from}`));
      wanted.add(doc.getElementById(`card-${to}`));
      wanted.add(doc.querySelector(`#edges path[data-from="${from}"][data-to="${to}"]`));
    }
    for (const marked of doc.querySelectorAll('#board [data-loop]')) {
      if (!wanted.has(marked)) marked.removeAttribute('data-loop');
    }
    for (const element of wanted) element?.setAttribute('data-loop', '');
  }

  function drawEdge() {
    const [from, to] = (edge ?? []).map((id) => doc.getElementById(`card-${id}`));
    if (!from?.clientWidth || !to || !layer.place().isConnected) return line.remove();
    line.setAttribute('class', loop ? 'loop-line' : 'plan-line');
    line.setAttribute('d', curve(layer.side(from, 'right'), layer.side(to, 'left')));
    layer.svg.append(line);
  }

  function update() {
    mark();
    drawEdge();
  }

  doc.addEventListener('board-changed', () => edge && update());
  return {
    /**
     * @param {number[]|null} [way] the numbers of the directors of a loop
     * @param {(number|string)[]|null} [plan] those of the new edge, where there is none;
     *   without both the picture goes away
     */
    show(way, plan) {
      loop = way?.length ? way : null;
      edge = loop ? loop.slice(0, 2) : plan ?? null;
      update();
    },
  };
}
