import { span } from './status.js';

/**
 * Keeps the times that count up: elements with data-age say how long ago.
 *
 * @param {Document} doc
 */
export function openTimes(doc) {
  function tick() {
    for (const time of doc.querySelectorAll('time[data-age]')) {
      const text = `for ${span(Date.now() - Date.parse(time.dateTime))}`;
      if (time.textContent !== text) time.textContent = text;
    }
  }
  setInterval(tick, 1000);
  tick();
  return tick;
}
