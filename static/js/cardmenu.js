import { coordinate, lattice } from './camera.js';
import { itemsFor, emptyItems } from './cardmenuitems.js';
import { openMenuList } from './cardmenulist.js';
import { request, wordsOf } from './request.js';
import { placeOf } from './rewirecarry.js';
import { openLayer } from './rewirelayer.js';
import { make } from './rewiremake.js';

/**
 * The menu of a card, of a line of the outline, and of an empty place of the
 * board: by the button at the card, by a right click or a long press, by the key
 * that menus have. What it offers is asked of the API, so that it is true.
 *
 * @param {import('./later.js').Board} board
 */
export function open(board) {
  const { doc, api, page } = board;
  const layer = openLayer(doc, 'menu-layer');
  const button = make(doc, 'button', { type: 'button', class: 'card-more', 'aria-haspopup': 'menu', tabindex: '-1', hidden: true }, '⋯');
  layer.element.append(button);
  const list = openMenuList(doc, run, board.announce);
  let opener = null; // what gets the focus back
  let turn = 0; // counts openings: an answer may be of one that is gone
  let over = doc.querySelector('#cards > .card:hover'); // the card that the pointer is at

  const cardOf = (element) => element?.closest?.('#cards > .card:not([data-ghost])') ?? null;
  const rowOf = (element) => element?.closest?.('#rows > .row[data-director]') ?? null;
  const linkOf = (element) => cardOf(element)?.querySelector('.face') ?? rowOf(element)?.querySelector('.row-name') ?? null;

  /** Puts the button at the card that the pointer is at, that has the focus, or that is selected. */
  function settle() {
    layer.place();
    const card = (over?.isConnected ? cardOf(over) : null) ?? cardOf(doc.activeElement) ?? cardOf(doc.querySelector('#cards .face[aria-current="true"]'));
    button.hidden = !card;
    if (!card || button.dataset.card === card.id && button.dataset.at === `${card.dataset.x} ${card.dataset.y}`) return;
    Object.assign(button.dataset, { card: card.id, at: `${card.dataset.x} ${card.dataset.y}` });
    button.setAttribute('aria-label', `Menu of ${card.querySelector('.face').dataset.name}`);
    // Where it will be: it may be on its way.
    const x = coordinate(card.dataset.x) * lattice.column + lattice.width;
    const y = coordinate(card.dataset.y) * lattice.row;
    button.style.transform = `translate(${x}px, ${y}px) scale(var(--unzoom)) translate(-8px, -14px)`;
  }

  /** Opens the menu of what an element stands for, at a point or below it. */
  async function show(element, point) {
    const mine = ++turn;
    const link = linkOf(element);
    const at = point ?? below(link ?? element);
    opener = link ?? doc.activeElement;
    if (!link) return list.show({ title: 'Board', items: emptyItems(board), at });
    const { activeElement } = doc;
    const menu = await menuOf(link);
    // The reader may have gone on meanwhile.
    if (mine === turn && doc.activeElement === activeElement) list.show({ ...menu, at });
    return undefined;
  }

  async function menuOf(link) {
    try {
      const director = await request(`${api}/directors/${encodeURIComponent(placeOf(link))}`, { method: 'GET' });
      return { title: director.name, items: itemsFor(board, { director, link }) };
    } catch (problem) {
      return { title: link.textContent.trim(), items: [], said: wordsOf(problem) };
    }
  }

  async function run(item) {
    const mine = turn;
    if (!item.send) {
      list.hide();
      return Promise.resolve(item.run()).catch(() => {}); // what went wrong is in the console
    }
    list.say('Sending…');
    try {
      const { seq } = await item.send();
      await page.reached(seq);
      if (mine === turn) list.hide();
    } catch (problem) {
      if (mine === turn) list.say(wordsOf(problem), 'bad');
    }
    return undefined;
  }

  const below = (element) => {
    const box = element.getBoundingClientRect();
    return element.id === 'viewport' ? { x: box.left + 24, y: box.top + 24 } : { x: box.left, y: box.bottom + 4 };
  };

  button.addEventListener('click', () => show(doc.getElementById(button.dataset.card), below(button)));
  doc.addEventListener('pointerover', ({ target, pointerType }) => {
    if (pointerType !== 'mouse' || target === button) return;
    const card = cardOf(target);
    if (card === over) return;
    over = card;
    settle();
  });
  doc.addEventListener('focusin', settle);
  doc.addEventListener('board-changed', settle);
  list.closed((inside) => {
    if (inside && opener?.isConnected) opener.focus();
  });
  settle();
  return { show };
}
