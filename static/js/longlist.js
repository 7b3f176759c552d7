import { view } from './paletteitems.js';

/** How near the edge of the lines that are there one may come before others are asked for, in lines. */
const MARGIN = 12;
/** How long one has to rest while scrolling before lines are asked for, in milliseconds. */
const REST = 60;
/** Windows begin at multiples of this: those who scroll to about the same place share one. */
const STEP = 10;

/**
 * Where a window onto a long outline should begin to have what is in sight well
 * inside, null if it is so already.
 *
 * @param {object} has the window: from, the first line, counted from 0; n, how many there are; total, of all
 * @param {number} top the first line in sight
 * @param {number} bottom the line after the last one in sight
 * @returns {number|null}
 */
export function windowFor({ from, n, total }, top, bottom) {
  const enough = (from === 0 || top >= from + MARGIN) && (from + n >= total || bottom <= from + n - MARGIN);
  if (enough) return null;
  const middle = top - (n - (bottom - top)) / 2;
  const at = Math.max(0, Math.min(Math.floor(middle / STEP) * STEP, total - n));
  return at === from ? null : at;
}

/**
 * Scrolls a long outline, of which the page has a window: empty lines above and
 * below have the height of all that is not there.
 *
 * @param {object} board
 * @param {Document} board.doc
 * @param {{search: string}} board.page
 * @param {(href: string) => Promise<boolean>} board.replace shows another window in the place of this one
 */
export function openLongList({ doc, page, replace }) {
  const outline = () => doc.getElementById('outline');
  const lines = () => [...doc.querySelectorAll('#rows > .row')];
  const spaceOf = (name) => Number(doc.getElementById(`space-${name}`)?.dataset.rows ?? 0);
  let height = 0; // of a line
  let wanted = 0; // how far the reader has scrolled
  let shown = 0; // the first line of the window that was there last
  let timer = 0;
  let busy = 0; // windows on their way, since the reader has scrolled or gone there: a newer one takes the place of an older

  const active = () => spaceOf('above') + spaceOf('below') > 0;

  function has() {
    const n = lines().length;
    const from = spaceOf('above');
    return { from, n, total: from + n + spaceOf('below') };
  }

  /** Gives the spaces their heights: the page may have become another window. */
  function dress() {
    const all = lines();
    if (!active() || !all.length) return;
    height = (all.at(-1).getBoundingClientRect().bottom - all[0].getBoundingClientRect().top) / all.length || height;
    for (const name of ['above', 'below']) {
      const cell = doc.getElementById(`space-${name}`)?.firstElementChild;
      if (cell) cell.style.height = `${spaceOf(name) * height}px`;
    }
    const { from } = has();
    // A window that the reader has not scrolled to, as that of a link, is scrolled to now.
    if (from !== shown && !busy) meet(all, from);
    // While the spaces had the heights of before, the browser may have scrolled.
    else if (Math.abs(outline().scrollTop - wanted) > 1) outline().scrollTop = wanted;
    shown = from;
    soon();
  }

  function meet(all, from) {
    const current = all.find((row) => row.getAttribute('aria-current') === 'true');
    (current ?? all[0]).scrollIntoView({ block: current && from ? 'center' : 'start', behavior: 'instant' });
    wanted = outline().scrollTop;
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(look, REST);
  }

  /** Asks for what is in sight and not there. */
  async function look() {
    if (busy || !active() || !outline()?.clientHeight) return;
    const room = outline().getBoundingClientRect();
    const first = lines()[0]?.getBoundingClientRect().top;
    const now = has();
    const line = (y) => now.from + (y - first) / height;
    const top = Math.floor(line(Math.max(room.top, 0)));
    const bottom = Math.ceil(line(Math.min(room.bottom, doc.defaultView.innerHeight)));
    const at = windowFor(now, top, bottom);
    if (at !== null) await go(at);
  }

  async function go(at) {
    busy += 1;
    try {
      return await replace(view(page.search, { at: String(at), panel: new URLSearchParams(page.search).get('panel') ?? '' }));
    } finally {
      busy -= 1;
      soon(); // the reader may have scrolled on, or wanted something else first
    }
  }

  let running = null; // what goes to a line, one after the other
  let goal = -1; // the newest line that is wanted

  /**
   * Sees to it that a line is there. Of several that are wanted one after the
   * other, the newest counts.
   *
   * @param {number} index counted from 0
   * @returns {Promise<number>} which of the lines of the page it is, -1 if it could not be had
   */
  function reach(index) {
    goal = index;
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  }

  async function run() {
    for (;;) {
      const wish = goal;
      const { from, n, total } = has();
      const at = Math.max(0, Math.min(Math.floor((wish - n / 2) / STEP) * STEP, total - n));
      if ((wish < from || wish >= from + n) && !(await go(at))) return -1;
      if (wish === goal) return wish - has().from;
    }
  }

  doc.addEventListener('scroll', ({ target }) => {
    if (target !== outline() && target !== doc) return;
    wanted = outline()?.scrollTop ?? 0;
    soon();
  }, { capture: true, passive: true });
  wanted = outline()?.scrollTop ?? 0;
  return { active, dress, reach, has };
}
