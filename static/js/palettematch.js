/**
 * Where a query is found in a text, and how well.
 *
 * @typedef {object} Match
 * @property {number} score the more the better
 * @property {[number, number][]} marks the parts of the text that match, in order
 */

const START = 4; // the text begins with it
const WORD = 3; // a word of the text does
const INSIDE = 2;
const SCATTERED = 1; // its letters, in order, from the beginning of a word on

/**
 * Looks for every word of a query in a text, in any order.
 *
 * @param {string} query
 * @param {string} text
 * @returns {Match|null}
 */
export function match(query, text) {
  const low = text.toLowerCase();
  let score = 0;
  const marks = [];
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const found = together(word, low) ?? scattered(word, low);
    if (!found) return null;
    score += found.score;
    marks.push(...found.marks);
  }
  // Of two that match alike, the shorter one says less besides.
  return { score: score - Math.min(text.length, 99) / 1000, marks: merged(marks) };
}

const startsWord = (text, i) => i === 0 || /[^\p{L}\p{N}]/u.test(text[i - 1]);

function together(word, text) {
  let best = null;
  for (let i = text.indexOf(word); i >= 0; i = text.indexOf(word, i + 1)) {
    const score = i === 0 ? START : startsWord(text, i) ? WORD : INSIDE;
    if (!best || score > best.score) best = { score, marks: [[i, i + word.length]] };
  }
  return best;
}

function scattered(word, text) {
  for (let begin = text.indexOf(word[0]); begin >= 0; begin = text.indexOf(word[0], begin + 1)) {
    if (!startsWord(text, begin)) continue;
    const marks = [];
    let at = begin;
    for (const letter of word) {
      at = text.indexOf(letter, at);
      if (at < 0) break;
      marks.push([at, at + 1]);
      at += 1;
    }
    if (at >= 0) return { score: SCATTERED - (at - begin - word.length) / (10 * text.length), marks };
  }
  return null;
}

function merged(marks) {
  const all = [];
  for (const [from, to] of marks.sort((a, b) => a[0] - b[0])) {
    const last = all.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}

/**
 * What of a list matches a query, the best first within each group; for an empty
 * query all of it, what was used last in a group before the others.
 *
 * @template {{key: string, group: string, words: string}} Item
 * @param {Item[]} items
 * @param {string} query
 * @param {string[]} recent keys, the newest first
 * @returns {(Item & {marks: [number, number][]})[]}
 */
export function rank(items, query, recent = []) {
  if (!query.trim()) {
    const lately = recent.map((key) => items.find((item) => item.key === key)).filter(Boolean);
    const rest = items.filter((item) => !lately.includes(item));
    return [...lately.map((item) => ({ ...item, group: 'Lately used' })), ...rest].map((item) => ({ ...item, marks: [] }));
  }
  const found = [];
  for (const item of items) {
    const hit = match(query, item.words) ?? matchWithGroup(query, item);
    if (hit) found.push({ ...item, ...hit });
  }
  return byGroup(found.sort((a, b) => b.score - a.score));
}

/** "step on" means what says "Switch on" under the heading "Step mode"; it counts for less. */
function matchWithGroup(query, { group, words }) {
  const hit = match(query, `${words} ${group}`);
  if (!hit) return null;
  const marks = hit.marks.filter(([from]) => from < words.length).map(([from, to]) => [from, Math.min(to, words.length)]);
  return { score: hit.score - START, marks };
}

/** Brings together what is of one group; the group of the best comes first. */
function byGroup(items) {
  const groups = new Map();
  for (const item of items) {
    if (!groups.has(item.group)) groups.set(item.group, []);
    groups.get(item.group).push(item);
  }
  return [...groups.values()].flat();
}
