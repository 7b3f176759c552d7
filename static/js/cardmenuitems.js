import { view } from './paletteitems.js';
import { placeOf } from './rewirecarry.js';
import { request } from './request.js';

/**
 * Something that the menu of a card offers.
 *
 * @typedef {object} MenuItem
 * @property {string} words
 * @property {string} [key] that does the same
 * @property {string} [group] a line is drawn where it changes
 * @property {boolean} [checked] of several of which one is
 * @property {boolean} [danger]
 * @property {() => void} [run]
 * @property {() => Promise<{seq: number}>} [send] the command, if it is one that asks for nothing more
 */

/**
 * @param {import('./later.js').Board} board
 * @param {{director: object, link?: Element}} of as the API shows it, and a link to it in the page
 * @returns {MenuItem[]}
 */
export function itemsFor(board, { director, link }) {
  const { page, go, api, use, doc } = board;
  const rewire = () => use('rewire', { styled: true });
  const { id, name, leaf, group, phase, static: isStatic } = director;
  const number = `@${id}`;
  const place = link ? placeOf(link) : number;
  const token = place?.startsWith('@') && phase !== 'live' ? number : `${director.vcl}.${name}`;
  const select = (panel = '') => go(view(page.search, { select: token, panel }));
  const live = phase === 'live' && !director.steps?.deleted;
  const items = [{ words: 'Inspect', group: 'see', run: () => select() }];
  if (!leaf) items.push({ words: 'Show only what is below it', group: 'see', run: () => go(view(page.search, { root: token, q: '' })) });
  items.push({ words: 'Try it…', group: 'see', run: async () => {
    await select();
    const field = doc.querySelector('[data-section="try"] input[name="requests"]');
    field?.focus();
    field?.closest('section').scrollIntoView({ block: 'nearest' });
  } });
  if (live) {
    if (group) items.push({ words: 'Add a member that is new…', group: 'wire', run: () => select('add-backend:into') });
    if (leaf || group) {
      items.push({ words: leaf ? 'Give it to another…' : 'Rewire a member…', key: 'm', group: 'wire', run: async () => {
        if (!link) await select();
        (await rewire()).pick(link);
      } });
    }
    items.push(
      { words: 'Pick it up', group: 'wire', run: async () => (await rewire()).pickUp({ dataset: { pickUp: number, of: name } }) },
    );
  }
  for (const admin of ['auto', 'healthy', 'sick']) {
    items.push({
      words: `Health: ${admin}`, group: 'health', checked: director.health.admin === admin,
      send: () => request(`${api}/health`, { method: 'PUT', body: { pattern: number, admin } }),
    });
  }
  items.push(
    { words: 'Pin it', group: 'hold', send: () => request(`${api}/directors/${number}/pins`, { body: { note: '' } }) },
    { words: 'Copy as…', key: 'Ctrl K', group: 'hold', run: async () => {
      await select();
      (await use('palette', { styled: true })).toggle();
    } },
  );
  if (live && !isStatic) items.push({ words: 'Delete…', group: 'end', danger: true, run: () => select('delete') });
  return items;
}

/** @returns {MenuItem[]} what an empty place of the board offers */
export function emptyItems({ doc, page, go }) {
  const add = (panel) => () => go(view(page.search, { panel, select: '' }));
  const press = (selector) => () => doc.querySelector(selector).click();
  const items = [
    { words: 'Add a backend…', key: 'a', group: 'add', run: add('add-backend') },
    { words: 'Add a load balancer…', group: 'add', run: add('add-round-robin') },
    { words: 'Fit the board to the window', key: '0', group: 'see', run: press('[data-zoom="fit"]') },
  ];
  const query = new URLSearchParams(page.search);
  if (query.get('q') || query.get('root')) {
    items.push({ words: 'Show all directors', group: 'see', run: () => go(view(page.search, { q: '', root: '' })) });
  }
  return items;
}
