/**
 * What the API tells of a change before it is done; the server has the same
 * names.
 *
 * @typedef {object} Told
 * @property {string} director
 * @property {number} slot 0 for a new one
 * @property {Effect|null} from
 * @property {Effect|null} to
 * @property {string[]} destroys
 * @property {string[]|null} loop
 * @property {number[]|null} loop_ids
 * @property {string} refused
 *
 * @typedef {object} Effect
 * @property {string} director
 * @property {number} id
 * @property {number} refcount_from
 * @property {number} refcount_to
 * @property {boolean} destroyed
 */

/** @param {Told} told */
export function unchanged({ from, to }) {
  return Boolean(from && to && from.id === to.id);
}

/** Whether there is something to agree to. @param {Told} told */
export function possible(told) {
  return !told.refused && !unchanged(told);
}

/** @param {Told} told */
export function title({ director, slot, to, refused }) {
  const target = to?.director ?? 'nothing';
  if (slot) return refused ? `Slot ${slot} of ${director} cannot point at ${target}` : `Point slot ${slot} of ${director} at ${target}?`;
  return refused ? `${target} cannot be a member of ${director}` : `Make ${target} a member of ${director}?`;
}

/**
 * What becomes of the references, one line for each director.
 *
 * @param {Told} told
 * @returns {{name: string, words: string}[]}
 */
export function effects({ from, to, refused }) {
  if (refused) return [];
  const all = [from, to].filter((effect, i, both) => effect && both.findIndex((other) => other?.id === effect.id) === i);
  return all.map((effect) => ({ name: effect.director, words: count(effect) }));
}

function count({ refcount_from: from, refcount_to: to }) {
  return `${from} → ${to} ${to === 1 ? 'reference' : 'references'}`;
}

/**
 * What else there is to know, in sentences.
 *
 * @param {Told} told
 * @returns {{text: string, bad: boolean}[]}
 */
export function remarks(told) {
  if (told.loop) return [{ text: loop(told.loop), bad: true }];
  if (told.refused) return [{ text: told.refused, bad: true }];
  if (unchanged(told)) return [{ text: `The slot points at ${told.to.director} already.`, bad: false }];
  const { destroys } = told;
  if (!destroys.length) return [];
  return [{ text: `${list(destroys)} would be destroyed: this is the last reference.`, bad: true }];
}

/** @param {string[]} names the way round, the first one twice */
export function loop(names) {
  return `This would close a loop: ${names.join(' → ')}.`;
}

function list(names) {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What the bar says. @param {import('./rewirechange.js').Carried} carried */
export function carrying({ of, slot, holds }) {
  if (slot) return `Carrying ${of} slot ${slot} (${holds}): click the director it should point at, or Esc.`;
  return `Carrying ${of}: click the director that should get it as a member, or Esc.`;
}
