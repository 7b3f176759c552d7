/**
 * Where the board stands in its window: moved by x and y, scaled by k.
 *
 * @typedef {{x: number, y: number, k: number}} Camera
 */

/** The least and the greatest scale. */
export const limits = { min: 0.2, max: 2 };

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
