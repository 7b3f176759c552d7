/**
 * Shows what came of an undo: the new director, what the server says of it, and
 * what is not as it was.
 *
 * @param {import('./later.js').Board} board
 */
export function open({ doc, go, announce }) {
  /**
   * @param {object} answer of the API
   * @param {string} back the view that the form was in
   */
  return async function undone({ director: { id, name }, note, left_out: left, rewired = [] }, back) {
    const query = new URLSearchParams(back.startsWith('?') ? back : '');
    query.set('select', `@${id}`);
    const besides = [...left.map(words), ...rewired.filter(({ was }) => was).map(moved)];
    announce([`${name} is back as a new director (@${id})`, ...besides].join('. '));
    await go(`?${query}`);
    doc.getElementById(`head-${id}`)?.append(outcome(doc, [note, ...besides]));
  };
}

/** @returns {string} what was not put back, and why */
export function words({ what, director, slot, reason }) {
  const part = { slot: `slot ${slot} of ${director}`, default: `the default of ${director}` };
  return `Not put back: ${part[what] ?? `${what} ${director}`}, ${reason}`;
}

/** A slot that somebody has let go of meanwhile cannot be had again. */
export const moved = ({ director, slot, was }) => `In ${director} it is in slot ${slot} now, behind the others; it was in slot ${was}`;

function outcome(doc, sentences) {
  const element = doc.createElement('div');
  element.className = 'outcome';
  for (const sentence of sentences) {
    const line = doc.createElement('p');
    line.textContent = `${sentence}.`;
    element.append(line);
  }
  return element;
}
