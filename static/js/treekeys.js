/**
 * A line of the outline, as far as its keys are concerned.
 *
 * @typedef {object} Line
 * @property {string} id
 * @property {number} depth from 1
 * @property {string} name
 * @property {boolean|null} open null for one that cannot be opened
 */

/**
 * A place in the outline: the number of a line, -1 for the heads of the
 * columns; and the number of a cell, -1 for the line as a whole.
 *
 * @typedef {{at: number, cell: number}} Place
 */

/**
 * Says where a key leads, as the treegrid pattern of the ARIA Authoring
 * Practices has it where rows come first.
 *
 * @param {string} key as in KeyboardEvent.key, with "Ctrl+" before it if that is held
 * @param {Place} place
 * @param {object} grid
 * @param {Line[]} grid.lines
 * @param {(at: number) => number} grid.cells how many a line has
 * @param {number} grid.page how many lines are in sight
 * @returns {Place & {act?: 'open'|'shut'}|null} null if the key does nothing
 */
export function step(key, { at, cell }, { lines, cells, page }) {
  const line = (to) => {
    const next = Math.max(Math.min(to, lines.length - 1), 0);
    return { at: next, cell: Math.min(cell, cells(next) - 1) };
  };
  const within = (to) => ({ at, cell: Math.max(Math.min(to, cells(at) - 1), 0) });
  if (at < 0) return heads(key, within, cell);
  const whole = cell < 0;
  switch (key) {
    case 'ArrowDown': return line(at + 1);
    case 'ArrowUp': return at > 0 ? line(at - 1) : { at: -1, cell: Math.max(cell, 0) };
    case 'PageDown': return line(at + page);
    case 'PageUp': return line(at - page);
    case 'Ctrl+Home': return line(0);
    case 'Ctrl+End': return line(Infinity);
    case 'Home': return whole ? line(0) : within(0);
    case 'End': return whole ? line(Infinity) : within(Infinity);
    case 'ArrowRight': return whole && lines[at].open === false ? { at, cell, act: 'open' } : within(cell + 1);
    case 'ArrowLeft': return whole ? out(lines, at) : { at, cell: cell - 1 };
  }
  return null;
}

// The heads stand above the first line, each a stop of its own.
function heads(key, within, cell) {
  switch (key) {
    case 'ArrowDown': return { at: 0, cell: -1 };
    case 'ArrowRight': return within(cell + 1);
    case 'ArrowLeft': return within(cell - 1);
    case 'Home': return within(0);
    case 'End': return within(Infinity);
  }
  return null;
}

function out(lines, at) {
  if (lines[at].open) return { at, cell: -1, act: 'shut' };
  const parent = parentOf(lines, at);
  return parent < 0 ? null : { at: parent, cell: -1 };
}

/**
 * @param {Line[]} lines
 * @param {number} at
 * @returns {number} the line below which that one stands, -1 at the top
 */
export function parentOf(lines, at) {
  return lines.findLastIndex(({ depth }, i) => i < at && depth < lines[at].depth);
}

/**
 * @param {Line[]} lines
 * @param {number} at
 * @returns {number[]} the lines below the same parent, that one among them
 */
export function siblings(lines, at) {
  const { depth } = lines[at];
  const found = [];
  for (let i = parentOf(lines, at) + 1; i < lines.length && lines[i].depth >= depth; i += 1) {
    if (lines[i].depth === depth) found.push(i);
  }
  return found;
}

/**
 * Finds a line by the beginning of its name. The same letter again leads to the
 * next one that begins with it.
 *
 * @param {Line[]} lines
 * @param {number} at where to look first, or after which if it is one letter
 * @param {string} text
 * @returns {number} -1 if there is none
 */
export function find(lines, at, text) {
  const typed = text.toLowerCase();
  const again = [...typed].every((letter) => letter === typed[0]);
  const wanted = again ? typed[0] : typed;
  const from = Math.max(at + (again ? 1 : 0), 0);
  for (let n = 0; n < lines.length; n += 1) {
    const i = (from + n) % lines.length;
    if (lines[i].name.toLowerCase().startsWith(wanted)) return i;
  }
  return -1;
}

/**
 * Says who gets the focus of a line that is gone: the one after it below the
 * same parent, else the one before, else the parent, or whoever gets that one's.
 *
 * @param {Line[]} lines as they were
 * @param {string} id the line that is gone
 * @param {(id: string) => boolean} stays
 * @returns {string} '' if nobody is left of them
 */
export function heir(lines, id, stays) {
  const at = lines.findIndex((line) => line.id === id);
  if (at < 0) return '';
  const beside = siblings(lines, at).map((i) => lines[i].id);
  const place = beside.indexOf(id);
  const next = beside.slice(place + 1).find(stays) ?? beside.slice(0, place).findLast(stays);
  if (next) return next;
  const parent = parentOf(lines, at);
  if (parent < 0) return '';
  return stays(lines[parent].id) ? lines[parent].id : heir(lines, lines[parent].id, stays);
}

/**
 * Makes one link of those that open a branch each.
 *
 * @param {string[]} hrefs links to the same view with one more branch open
 * @returns {string}
 */
export function together(hrefs) {
  const queries = hrefs.map((href) => new URLSearchParams(href.replace(/^[^?]*/, '')));
  const list = (query, name) => (query.get(name) ?? '').split(',').filter(Boolean);
  const open = new Set(queries.flatMap((query) => list(query, 'open')));
  const shut = list(queries[0], 'shut').filter((token) => queries.every((query) => list(query, 'shut').includes(token)));
  const [all] = queries;
  for (const [name, tokens] of [['open', [...open]], ['shut', shut]]) {
    if (tokens.length) all.set(name, tokens.join(','));
    else all.delete(name);
  }
  return all.size ? `?${all}` : './';
}
