import { match } from './palettematch.js';

/** The words of what the menu of a director offers. Three letters of one are enough. */
const verbs = ['inspect', 'try', 'rewire', 'give', 'pick', 'health', 'auto', 'healthy', 'sick', 'pin', 'delete'];
const LEAST = 3;

const bare = (word) => word.toLowerCase().replace(/[:…]+$/, '');
const isVerb = (word) => bare(word).length >= LEAST && verbs.some((verb) => verb.startsWith(bare(word)));
const wordsOf = (query) => query.replaceAll('"', ' ').split(/\s+/).filter(Boolean);

/**
 * Divides "delete a2", or "a2 delete", into what is to be done and the words of a
 * name.
 *
 * @param {string} query
 * @returns {{does: string, who: string[]}|null} null if there is not some of both
 */
export function divide(query) {
  const words = wordsOf(query);
  const does = words.filter(isVerb).map(bare).join(' ');
  const who = words.filter((word) => !isVerb(word));
  return does && who.length ? { does, who } : null;
}

/**
 * Whether an item can be meant by a query: not if that names another director
 * than the one that the item is about.
 *
 * @param {string} query
 * @returns {(item: {words: string, group: string}) => boolean}
 */
export function meansFor(query) {
  const whom = divide(query)?.who.join(' ').toLowerCase();
  return ({ words, group }) => {
    const name = group.toLowerCase();
    return !whom || name === whom || name.endsWith(`.${whom}`) || match(query, words) !== null;
  };
}

/**
 * What to ask the API for directors, as filters, the surest first. It refuses none
 * of them, whatever is typed: what looks like a field is a part of a name here.
 *
 * @param {string} query
 * @returns {string[]}
 */
export function filtersFor(query) {
  const divided = divide(query);
  const words = divided?.who ?? wordsOf(query);
  if (!words.length) return [];
  const part = (word) => (divided || /^-|[:~<>=]/.test(word) ? `name~${word}` : word);
  const all = words.map(part).join(' ');
  return words.length === 1 ? [`name:${words[0]}`, all] : [all];
}
