import { span } from './status.js';

/**
 * Keeps the times that count up, by the server's clock: elements with data-age
 * say how long ago, and those with data-until are hidden when that has passed,
 * unless they have something to say still. As long as the server has not told
 * its time, they stay as it has printed them.
 *
 * @param {Document} doc
 * @param {{now: () => number}} clock
 */
export function openTimes(doc, clock) {
  function tick() {
    const now = clock.now();
    if (Number.isNaN(now)) return;
    for (const time of doc.querySelectorAll('time[data-age]')) {
      const text = `for ${span(now - Date.parse(time.dateTime))}`;
      if (time.textContent !== text) time.textContent = text;
    }
    // Hidden, not taken away: the time may be set back by the next beat.
    for (const way of doc.querySelectorAll('[data-until]:not(:has(.outcome))')) {
      const over = Date.parse(way.dataset.until) <= now;
      if (over && way.contains(doc.activeElement)) doc.getElementById('inspector').focus({ preventScroll: true });
      way.hidden = over;
    }
  }
  setInterval(tick, 1000);
  return tick;
}
