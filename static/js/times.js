import { span } from './status.js';

/**
 * Keeps the times that count up: elements with data-age say how long ago, and
 * those with data-until go when that has passed, unless they have something to
 * say still.
 *
 * @param {Document} doc
 */
export function openTimes(doc) {
  function tick() {
    for (const time of doc.querySelectorAll('time[data-age]')) {
      const text = `for ${span(Date.now() - Date.parse(time.dateTime))}`;
      if (time.textContent !== text) time.textContent = text;
    }
    for (const way of doc.querySelectorAll('[data-until]:not(:has(.outcome))')) {
      if (Date.parse(way.dataset.until) > Date.now()) continue;
      if (way.contains(doc.activeElement)) doc.getElementById('inspector').focus({ preventScroll: true });
      way.remove();
    }
  }
  setInterval(tick, 1000);
  tick();
  return tick;
}
