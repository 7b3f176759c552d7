import { request } from './request.js';

/**
 * A change of one member slot.
 *
 * @typedef {object} Change
 * @property {string} holder the director that has the slot, by its name or number
 * @property {number} slot 0 for a new one
 * @property {string} target the director that the slot is to point at
 * @property {number} [weight] of a member that comes back
 */

/**
 * What somebody holds in their hand: a slot, or a director to be given to
 * another.
 *
 * @typedef {object} Carried
 * @property {string} number '@17': whose slot it is, or which director
 * @property {string} of its name
 * @property {number} slot 0 if a director is carried
 * @property {string} holds what the slot points at
 */

/**
 * What carrying something to a director means.
 *
 * @param {Carried} carried
 * @param {string} place the director where it is put down
 * @returns {Change}
 */
export function changeOf({ number, slot }, place) {
  return slot ? { holder: number, slot, target: place } : { holder: place, slot: 0, target: number };
}

/** The edge that the change would draw: numbers, or names that no card has. @param {Change} change */
export function edgeOf({ holder, target }) {
  return [holder, target].map((name) => name.replace('@', ''));
}

const at = (api, { holder }) => `${api}/directors/${encodeURIComponent(holder)}`;

/** Asks what the change would do. */
export function preview(api, change, { signal, send = request } = {}) {
  const query = new URLSearchParams({ slot: change.slot || '', director: change.target });
  return send(`${at(api, change)}/assign-preview?${query}`, { method: 'GET', signal });
}

/** Does it. */
export function assign(api, change, send = request) {
  const { slot, target, weight } = change;
  const body = { director: target, weight };
  return slot ? send(`${at(api, change)}/members/${slot}`, { method: 'PUT', body }) : send(`${at(api, change)}/members`, { body });
}

/**
 * Takes it back, or is null where that is not possible: what was destroyed does
 * not come back.
 *
 * @param {Change} change
 * @param {{from: {id: number, destroyed: boolean}|null}} told the preview of the change
 * @param {{slot?: number}} answer of the command
 * @returns {((api: string, send?: typeof request) => Promise<{seq: number}>)|null}
 */
export function undoing(change, told, answer) {
  if (answer.slot) {
    return (api, send = request) => send(`${at(api, change)}/members/${answer.slot}`, { method: 'DELETE' });
  }
  if (!change.slot || !told.from || told.from.destroyed) return null;
  const back = { ...change, target: `@${told.from.id}` };
  return (api, send = request) => assign(api, back, send);
}
