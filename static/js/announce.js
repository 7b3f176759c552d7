import { digest } from './digest.js';

/** How many events are kept for a summary; of more, the last. */
const KEPT = 300;
/** How long nothing new may come before one speaks, in milliseconds. */
const PAUSE = 250;
/** After so many pauses in which there was news it is time to speak anyway: 3 s. */
const PAUSES = 12;

/**
 * Tells people who do not see the page what happened, in one sentence a moment
 * after the last change, never event by event.
 *
 * @param {{textContent: string}} region a polite live region
 * @param {(run: () => void, ms: number) => any} later
 */
export function openAnnouncer(region, later = setTimeout) {
  let own = []; // about what the reader did
  let count = 0;
  let events = []; // the newest
  let counted = 0; // when the pause began
  let pauses = 0;

  function wait() {
    counted = count;
    pauses += 1;
    later(() => (count > counted && pauses < PAUSES ? wait() : speak()), PAUSE);
  }

  function speak() {
    const text = [...own, ...digest(events, count)].join('. ');
    [own, count, events, pauses] = [[], 0, [], 0];
    // Cleared first, so that the same words twice are read twice.
    region.textContent = '';
    later(() => {
      region.textContent = text;
    }, 50);
  }

  const line = (text) => text.replace(/\s+/g, ' ').trim();

  /**
   * @param {string|import('./digest.js').Happening} what a sentence about what the reader did,
   *   which is said before all that came of it and never summed up, or an event
   */
  return function announce(what) {
    const silent = !count && !own.length;
    if (typeof what === 'string') own.push(line(what));
    else {
      events.push({ ...what, text: line(what.text) });
      if (events.length > KEPT) events.shift();
      count += 1;
    }
    if (silent) wait();
  };
}
