import { curve } from './rewirelayer.js';
import { draw } from './rewiremake.js';

/** The steps of a loop: pairs of numbers, the first of which does not exist yet. */
export function steps(ids) {
  return ids.slice(1).map((to, i) => [String(ids[i]), String(to)]);
}

/**
 * Draws the loop that an assignment would close on the board: the directors and
 * edges on the way, and the edge that would be new.
 *
 * @param {Document} doc
 * @param {ReturnType<import('./rewirelayer.js').openLayer>} layer
 */
export function openLoop(doc, layer) {
  const line = draw(doc, 'path', { class: 'loop-line' });
  let ids = null;

  function show() {
    const wanted = new Set();
    for (const [from, to] of ids ? steps(ids) : []) {
      wanted.add(doc.getElementById(`card-${from}`));
      wanted.add(doc.getElementById(`card-${to}`));
      wanted.add(doc.querySelector(`#edges path[data-from="${from}"][data-to="${to}"]`));
    }
    for (const marked of doc.querySelectorAll('#board [data-loop]')) {
      if (!wanted.has(marked)) marked.removeAttribute('data-loop');
    }
    for (const element of wanted) element?.setAttribute('data-loop', '');
    close();
  }

  function close() {
    const [from, to] = ids ? [ids[0], ids[1]].map((id) => doc.getElementById(`card-${id}`)) : [];
    if (!from || !to || !layer.place().isConnected) return line.remove();
    line.setAttribute('d', curve(layer.side(from, 'right'), layer.side(to, 'left')));
    layer.svg.append(line);
  }

  doc.addEventListener('board-changed', () => ids && show());
  return {
    /** @param {number[]|null} way the numbers of the directors, null takes the picture away */
    show(way) {
      ids = way?.length ? way : null;
      show();
    },
  };
}
