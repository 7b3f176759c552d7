/**
 * Where the board stands in its window: moved by x and y, scaled by k.
 *
 * @typedef {{x: number, y: number, k: number}} Camera
 */

/** The lattice that cards stand on, in pixels: the numbers of css/tokens.css. */
export const lattice = { column: 320, row: 44, width: 232, height: 72 };

/**
 * Reads a coordinate as the page writes it: the values of its digits, "600 40 2".
 *
 * @param {string} terms
 * @returns {number}
 */
export function coordinate(terms) {
  return terms.split(' ').reduce((sum, term) => sum + Number(term), 0);
}

/** From these scales on a card is read in full, or as a badge. */
export const readable = { card: 0.82, badge: 0.36 };

/** What is fitted as a whole at first is so large at least that badges are read with ease. */
const WHOLE = 0.45;

/** The least and the greatest scale. */
export const limits = { min: 0.05, max: 2 };

/**
 * Scales by a factor around a point of the window that stays where it is.
 *
 * @param {Camera} camera
 * @param {number} factor
 * @param {{x: number, y: number}} point
 * @returns {Camera}
 */
export function zoomAt(camera, factor, point) {
  const k = Math.min(limits.max, Math.max(limits.min, camera.k * factor));
  const ratio = k / camera.k;
  return { x: point.x - (point.x - camera.x) * ratio, y: point.y - (point.y - camera.y) * ratio, k };
}

/**
 * @param {Camera} camera
 * @param {number} dx
 * @param {number} dy
 * @returns {Camera}
 */
export function pan(camera, dx, dy) {
  return { ...camera, x: camera.x + dx, y: camera.y + dy };
}

/**
 * Shows as much of the board as the least scale allows, never enlarged.
 *
 * @param {{width: number, height: number}} board
 * @param {{width: number, height: number}} room
 * @param {number} least
 * @returns {Camera}
 */
export function fit(board, room, least = limits.min) {
  if (!board.width || !board.height) return { x: 0, y: 0, k: 1 };
  const k = Math.min(1, room.width / board.width, room.height / board.height);
  return { x: 0, y: 0, k: Math.max(least, k) };
}

/** How much of the board stays in sight at least, in pixels. */
const HOLD = 96;

/**
 * Keeps a camera from leaving the board: some of it stays in sight.
 *
 * @param {Camera} camera
 * @param {{width: number, height: number}} board
 * @param {{width: number, height: number}} room
 * @returns {Camera}
 */
export function hold(camera, board, room) {
  const { x, y, k } = camera;
  const within = (at, size, space) => {
    const least = Math.min(HOLD, size * k, space);
    return Math.max(least - size * k, Math.min(space - least, at));
  };
  const held = { x: within(x, board.width, room.width), y: within(y, board.height, room.height), k };
  return held.x === x && held.y === y ? camera : held;
}

/** A fitted board in the middle of the room. */
export function middle({ k }, board, room) {
  return { x: Math.max(0, (room.width - board.width * k) / 2), y: Math.max(0, (room.height - board.height * k) / 2), k };
}

/**
 * How much of a card can be read at a scale: all of it, its name, its colour.
 *
 * @param {number} k
 * @returns {'card'|'badge'|'tile'}
 */
export function level(k) {
  if (k >= readable.card) return 'card';
  return k >= readable.badge ? 'badge' : 'tile';
}

/**
 * Where a board is first seen: as a whole where its names can be read, else at
 * its roots, with as many whole columns as the room has.
 *
 * @param {{width: number, height: number}} board
 * @param {{width: number, height: number}} room
 * @param {number[]} roots the rows where the cards of the first column begin
 * @returns {Camera}
 */
export function opening(board, room, roots) {
  const all = fit(board, room);
  if (all.k >= WHOLE || roots.length === 0) return all;
  const k = columnsScale(board, room);
  const top = Math.min(...roots) * lattice.row;
  const low = Math.max(...roots) * lattice.row + lattice.height;
  // From the top, where that shows the roots as well.
  if (low * k <= room.height) return { x: 0, y: 0, k };
  const spare = room.height - (low - top) * k;
  const y = spare > 0 ? spare / 2 - top * k : -top * k;
  return { x: 0, y: Math.min(0, Math.max(Math.min(0, room.height - board.height * k), y)), k };
}

/** The scale at which whole columns fill the room and cards are read in full. */
function columnsScale(board, room) {
  const { column, width } = lattice;
  let k = Math.min(1, room.width / width);
  for (let n = 2; n * column <= board.width + column; n += 1) {
    const next = Math.min(1, room.width / ((n - 1) * column + width));
    if (next < readable.card) break;
    k = next;
  }
  return Math.max(limits.min, k);
}

/**
 * Puts a point of the board into the middle of the room.
 *
 * @param {Camera} camera
 * @param {{width: number, height: number}} room
 * @param {{x: number, y: number}} point
 * @returns {Camera}
 */
export function centre({ k }, room, point) {
  return { x: room.width / 2 - point.x * k, y: room.height / 2 - point.y * k, k };
}

/**
 * Whether a part of the board is out of sight.
 *
 * @param {Camera} camera
 * @param {{width: number, height: number}} board
 * @param {{width: number, height: number}} room
 * @returns {boolean}
 */
export function overflows({ x, y, k }, board, room) {
  const slack = 24; // the padding of the window is room, too
  return x < -slack || y < -slack || x + board.width * k > room.width + slack || y + board.height * k > room.height + slack;
}
