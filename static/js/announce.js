/**
 * Tells people who do not see the page what happened, in one sentence a moment
 * after the last change, never event by event.
 *
 * @param {{textContent: string}} region a polite live region
 * @param {(run: () => void, ms: number) => any} later
 * @param {(timer: any) => void} cancel
 */
export function openAnnouncer(region, later = setTimeout, cancel = clearTimeout) {
  let waiting = [];
  let timer = null;

  function speak() {
    const text = summary(waiting);
    waiting = [];
    // Cleared first, so that the same words twice are read twice.
    region.textContent = '';
    later(() => {
      region.textContent = text;
    }, 50);
  }

  return function announce(sentence) {
    waiting.push(sentence.replace(/\s+/g, ' ').trim());
    cancel(timer);
    timer = later(speak, 250);
  };
}

/**
 * @param {string[]} sentences
 * @returns {string}
 */
export function summary(sentences) {
  if (sentences.length <= 3) return sentences.join('. ');
  return `${sentences.length} events, the last: ${sentences.at(-1)}`;
}
