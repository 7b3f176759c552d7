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
  let sentences = []; // the first ones, and the last
  let counted = 0; // when the pause began
  let pauses = 0;

  function wait() {
    counted = count;
    pauses += 1;
    later(() => (count > counted && pauses < PAUSES ? wait() : speak()), PAUSE);
  }

  function speak() {
    const rest = count ? [summary(sentences, count)] : [];
    const text = [...own, ...rest].join('. ');
    [own, count, sentences, pauses] = [[], 0, [], 0];
    // Cleared first, so that the same words twice are read twice.
    region.textContent = '';
    later(() => {
      region.textContent = text;
    }, 50);
  }

  /**
   * @param {string} sentence
   * @param {boolean} first whether it is about what the reader did: that is said before all
   *   that came of it, and never summed up
   */
  return function announce(sentence, first = false) {
    const silent = !count && !own.length;
    const text = sentence.replace(/\s+/g, ' ').trim();
    if (first) own.push(text);
    else {
      sentences[Math.min(count, 3)] = text;
      count += 1;
    }
    if (silent) wait();
  };
}

/**
 * @param {string[]} sentences
 * @param {number} count how many there were
 * @returns {string}
 */
export function summary(sentences, count = sentences.length) {
  if (count <= 3) return sentences.join('. ');
  return `${count} events, the last: ${sentences.at(-1)}`;
}
