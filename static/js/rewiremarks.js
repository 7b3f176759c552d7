/**
 * An edge of the graph: the numbers of the director that has the slot, and of
 * its member.
 *
 * @typedef {{from: string, to: string, slot: string}} Edge
 */

/** The directors that can be reached from one, itself included. */
export function reach(edges, id, from = 'from', to = 'to') {
  const reached = new Set([id]);
  for (const one of reached) {
    for (const edge of edges) {
      if (edge[from] === one) reached.add(edge[to]);
    }
  }
  return reached;
}

/**
 * Says of each card what putting down there would come to, as far as the page
 * can tell: what is folded only the server knows.
 *
 * @param {Edge[]} edges
 * @param {{id: string, group: boolean}[]} cards
 * @param {import('./rewirechange.js').Carried} carried
 * @returns {Map<string, 'target'|'self'|'held'|'leaf'|'loop'>}
 */
export function verdicts(edges, cards, { number, slot }) {
  const own = number.slice(1);
  const taboo = slot ? reach(edges, own, 'to', 'from') : reach(edges, own);
  const held = slot ? edges.find((edge) => edge.from === own && edge.slot === String(slot))?.to : null;
  return new Map(cards.map(({ id, group }) => {
    if (id === own) return [id, 'self'];
    if (!slot && !group) return [id, 'leaf'];
    if (taboo.has(id)) return [id, 'loop'];
    return [id, id === held ? 'held' : 'target'];
  }));
}

/** The edges that the page shows, without those to what is folded. */
export function edgesOf(doc) {
  return [...doc.querySelectorAll('#edges path[data-to]:not([data-to=""])')].map(({ dataset }) => ({ ...dataset }));
}

/**
 * Marks the cards while something is carried. The marks are put on again after
 * each change of the board.
 *
 * @param {Document} doc
 */
export function openMarks(doc) {
  let carried = null;

  function set() {
    const cards = [...doc.querySelectorAll('#cards > .card:not([data-ghost])')];
    const all = cards.map((card) => ({ id: card.id.slice('card-'.length), group: card.firstElementChild.hasAttribute('data-group') }));
    const found = carried ? verdicts(edgesOf(doc), all, carried) : new Map();
    for (const [i, card] of cards.entries()) put(card, found.get(all[i].id));
    doc.documentElement.toggleAttribute('data-carrying', Boolean(carried));
  }

  function put(card, verdict) {
    if (!verdict) card.removeAttribute('data-rewire');
    else if (card.dataset.rewire !== verdict) card.setAttribute('data-rewire', verdict);
  }

  doc.addEventListener('board-changed', () => carried && set());
  return {
    /** @param {import('./rewirechange.js').Carried|null} what null takes the marks away */
    show(what) {
      carried = what;
      set();
    },
  };
}
