/**
 * How long to wait before trying again: exponential with full jitter, so that a
 * thousand pages that lost one server do not come back in one instant
 * (Brooker, "Exponential Backoff and Jitter", 2015).
 *
 * @param {number} attempt how many tries have failed, from 1
 * @param {() => number} random from 0 to 1
 * @returns {number} milliseconds
 */
export function backoff(attempt, random = Math.random) {
  const ceiling = Math.min(15000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(100 + random() * ceiling);
}
