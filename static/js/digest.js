/**
 * What happened, as far as somebody needs it who only hears of it.
 *
 * @typedef {object} Happening
 * @property {string} text the sentence of the event
 * @property {string} [kind] of the event, as in the API
 * @property {string} [name] whom it is about
 * @property {number} [others] how many directors it names besides
 */

/** How many sentences are said; more are counted. */
const MOST = 4;

/** What matters more is said before: an end, then health, then the rest. */
const rank = ({ kind = '' }) => (/^director\.(released|destroyed|leaked|error)$/.test(kind) ? 0 : /health$/.test(kind) ? 1 : 2);

/**
 * Sums up what happened at about the same time: a director that was released is
 * one sentence, however many references it has let go of.
 *
 * @param {Happening[]} events in their order
 * @param {number} [count] how many there were; the first of them may be missing
 * @returns {string[]} sentences
 */
export function digest(events, count = events.length) {
  const released = new Set(events.filter(({ kind }) => kind === 'director.released').map(({ name }) => name));
  const told = events.filter(({ kind, name, text }) => !(released.has(name) && (kind === 'director.deleted' || (kind === 'ref.assigned' && / let go of /.test(text)))));
  const sentences = told.map((event, i) => ({ words: words(event), rank: rank(event), i }));
  sentences.sort((a, b) => a.rank - b.rank || a.i - b.i);
  const rest = sentences.length - MOST + (count - events.length);
  if (rest <= 1) return sentences.map(({ words: one }) => one);
  return [...sentences.slice(0, MOST).map(({ words: one }) => one), `and ${rest} more events`];
}

function words({ kind, name, others, text }) {
  if (kind === 'director.destroyed') return `${name} destroyed`;
  if (kind !== 'director.released') return text;
  if (!others) return `${name} released`;
  return `${name} released: ${others} ${others === 1 ? 'reference' : 'references'} dropped`;
}
