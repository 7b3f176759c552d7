import { make } from './rewiremake.js';

/** How many handles at once: more cannot be told apart. */
const MOST = 60;
/** How far a pointer may be from a line that it means, in pixels. */
const NEAR = 7;

/**
 * The handles at the ends of edges: of those that the pointer is at, and of those
 * of the selected director. Who has no pointer has the button in the inspector
 * and the key, so they are not in the order of Tab.
 *
 * @param {Document} doc
 * @param {ReturnType<import('./rewirelayer.js').openLayer>} layer
 */
export function openHandles(doc, layer) {
  const shown = new Map();
  let pointed = new Set(); // the edges that the pointer was at last

  function update() {
    if (!layer.place().isConnected) return;
    const wanted = new Map(wantedEdges(doc, pointed).map((edge) => [edge.id, edge]));
    for (const [id, handle] of shown) {
      if (!wanted.has(id)) {
        handle.remove();
        shown.delete(id);
      }
    }
    for (const [id, { x, y, shift, edge }] of spread([...wanted.values()])) {
      if (!shown.has(id)) shown.set(id, layer.element.appendChild(make(doc, 'button', { type: 'button', class: 'handle', tabindex: '-1' })));
      set(doc, shown.get(id), edge);
      shown.get(id).style.transform = `translate(${x}px, ${y}px) scale(var(--unzoom)) translate(-20px, ${shift}px)`;
    }
  }

  function look(event) {
    if (event.buttons || event.target.closest?.('.handle, .rewire')) return;
    const found = new Set();
    for (const away of [0, -NEAR, NEAR]) {
      for (const element of doc.elementsFromPoint(event.clientX, event.clientY + away)) {
        if (element.matches('#edges path[data-to]:not([data-to=""])')) found.add(element.id);
      }
    }
    // The last ones stay: the way from the line to its handle leads over the empty board.
    if (!found.size || [...found].every((id) => pointed.has(id))) return;
    pointed = found;
    update();
  }

  let event = null;
  doc.addEventListener('pointermove', (moved) => {
    if (!moved.target.closest?.('#viewport')) return;
    if (!event) doc.defaultView.requestAnimationFrame(() => {
      const last = event;
      event = null;
      look(last);
    });
    event = moved;
  });
  doc.addEventListener('board-changed', update);
  update();
}

function set(doc, handle, { from, slot, to }) {
  const name = (id) => doc.getElementById(`face-${id}`)?.dataset.name ?? `@${id}`;
  if (handle.dataset.from === from && handle.dataset.holds === name(to)) return;
  Object.assign(handle.dataset, { from, slot, of: name(from), holds: name(to) });
  handle.title = `Drag to another director, or click to pick up slot ${slot} of ${name(from)}`;
  handle.setAttribute('aria-label', `Pick up slot ${slot} of ${name(from)}, which points at ${name(to)}`);
}

function wantedEdges(doc, pointed) {
  const selected = doc.querySelector('#cards .face[aria-current="true"]')?.id.slice('face-'.length);
  const all = [...doc.querySelectorAll('#edges path[data-to]:not([data-to=""])')];
  return all
    .filter(({ id, dataset }) => pointed.has(id) || (selected && [dataset.from, dataset.to].includes(selected)))
    .filter(({ dataset }) => doc.getElementById(`face-${dataset.from}`)?.hasAttribute('data-group'))
    .slice(0, MOST)
    .map((path) => ({ id: path.id, edge: { ...path.dataset }, ...endOf(path.getAttribute('d')) }));
}

/** Where a line ends. @param {string} d as in an SVG path */
export function endOf(d) {
  const [x, y] = d.match(/-?[\d.]+/g).slice(-2).map(Number);
  return { x, y };
}

/**
 * Lines that end at one card end at one point: their handles stand one below the
 * other.
 *
 * @template {{id: string, x: number, y: number}} T
 * @param {T[]} ends
 * @returns {Map<string, T & {shift: number}>} shift in pixels of the screen
 */
export function spread(ends) {
  const groups = groupBy(ends, place);
  const placed = new Map();
  for (const group of groups.values()) {
    group.forEach((end, i) => placed.set(end.id, { ...end, shift: 26 * (i - (group.length - 1) / 2) }));
  }
  return placed;
}

const place = ({ x, y }) => `${x} ${y}`;

function groupBy(all, key) {
  const groups = new Map();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}
