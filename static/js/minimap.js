import { coordinate, lattice } from './camera.js';

/** The most that the map takes of the window, in pixels. */
export const most = { width: 160, height: 110 };

/** A board that is very long and narrow is drawn wider than it is. */
const least = 48;

/**
 * How many pixels of the map are one of the board, across and down.
 *
 * @param {{width: number, height: number}} board
 * @returns {{x: number, y: number}}
 */
export function scaleOf({ width, height }) {
  const even = Math.min(most.width / width, most.height / height);
  return { x: Math.max(even, least / width), y: Math.max(even, least / height) };
}

/**
 * Draws a dot for each card, as the data of an SVG path with round ends.
 *
 * @param {{x: number, y: number}[]} places on the lattice
 * @param {{x: number, y: number}} scale
 * @returns {string}
 */
export function dots(places, scale) {
  const { column, row, width, height } = lattice;
  const at = (n) => Math.round(n * 10) / 10;
  return places.map(({ x, y }) => `M${at((x * column + width / 2) * scale.x)} ${at((y * row + height / 2) * scale.y)}h0`).join('');
}

/**
 * The part of the map that the window shows.
 *
 * @param {import('./camera.js').Camera} camera
 * @param {{width: number, height: number}} room
 * @param {{x: number, y: number}} scale
 */
export function frame({ x, y, k }, room, scale) {
  const at = (n, by) => Math.round((n / k) * by * 10) / 10;
  return { x: at(-x, scale.x), y: at(-y, scale.y), width: at(room.width, scale.x), height: at(room.height, scale.y) };
}

/**
 * Keeps the small map of a board that is larger than its window. It is drawn
 * from the places in the page's data, at most once a frame; a press or a drag
 * on it moves the camera.
 *
 * @param {Document} doc
 * @param {(point: {x: number, y: number}) => void} go puts a point of the board into the middle
 */
export function openMinimap(doc, go) {
  const root = () => doc.getElementById('minimap');
  let seen = null; // camera, board and room as they are
  let waiting = false;
  let observed = null;
  let heard = null;
  const changes = new MutationObserver(soon);

  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(draw);
  }

  function draw() {
    waiting = false;
    const map = root();
    if (!map || !seen) return;
    map.toggleAttribute('hidden', !seen.large);
    watch(map);
    if (!seen.large) return;
    const { camera, board, room } = seen;
    const scale = scaleOf(board);
    const [width, height] = [board.width * scale.x, board.height * scale.y];
    set(map, { width, height, viewBox: `0 0 ${width} ${height}` });
    const { healthy, sick } = places();
    set(map.querySelector('.map-healthy'), { d: dots(healthy, scale) });
    set(map.querySelector('.map-sick'), { d: dots(sick, scale) });
    set(map.querySelector('.map-window'), frame(camera, room, scale));
  }

  function places() {
    const found = { healthy: [], sick: [] };
    for (const card of doc.querySelectorAll('#board .card:not([data-ghost])')) {
      const { x, y } = card.dataset;
      const list = card.firstElementChild?.dataset.health === 'sick' ? found.sick : found.healthy;
      list.push({ x: coordinate(x), y: coordinate(y) });
    }
    return found;
  }

  // Another view of the page may have brought another board.
  function watch(map) {
    const board = doc.getElementById('board');
    if (board !== observed) {
      observed = board;
      changes.disconnect();
      changes.observe(board, { subtree: true, childList: true, attributeFilter: ['data-x', 'data-y', 'data-health'] });
    }
    if (map === heard) return;
    heard = map;
    map.addEventListener('pointerdown', (event) => {
      map.setPointerCapture(event.pointerId);
      move(event);
    });
    map.addEventListener('pointermove', (event) => {
      if (map.hasPointerCapture(event.pointerId)) move(event);
    });
  }

  function move(event) {
    const box = root().getBoundingClientRect();
    const { width, height } = seen.board;
    go({ x: ((event.clientX - box.x) / box.width) * width, y: ((event.clientY - box.y) / box.height) * height });
  }

  return {
    look(camera, board, room, large) {
      seen = { camera, board, room, large };
      soon();
    },
  };
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}
