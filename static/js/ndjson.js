import { request } from './request.js';

/** The most events of one answer of the API. */
const MOST = 10000;

/**
 * Asks the API for events by their numbers.
 *
 * @param {string} api
 * @param {number[]} columns the numbers, in order
 * @param {(url: string) => Promise<{seq: number, events: {seq: number}[]}>} [get]
 * @returns {Promise<object[]>} those that are known
 */
export async function eventsOf(api, columns, get = (url) => request(url, { method: 'GET' })) {
  const wanted = new Set(columns);
  const [first, last] = [columns[0], columns.at(-1)];
  const found = [];
  for (let after = first - 1; after < last; ) {
    const limit = Math.min(MOST, last - after);
    const { seq, events } = await get(`${api}/events?after=${after}&limit=${limit}`);
    found.push(...events.filter((event) => wanted.has(event.seq)));
    if (seq <= after) break;
    after = seq;
  }
  return found;
}

/** One line for each. */
export const linesOf = (events) => events.map((event) => `${JSON.stringify(event)}\n`).join('');

/**
 * Puts a text into the clipboard, or, where the browser does not let one, shows
 * it ready to be copied by hand.
 *
 * @param {Document} doc
 * @param {string} text
 * @returns {Promise<boolean>} whether it is in the clipboard
 */
export async function copy(doc, text) {
  try {
    await doc.defaultView.navigator.clipboard.writeText(text);
    return true;
  } catch {
    byHand(doc, text);
    return false;
  }
}

function byHand(doc, text) {
  const dialog = doc.createElement('dialog');
  dialog.id = 'timeline-by-hand';
  dialog.className = 'timeline-by-hand';
  dialog.setAttribute('aria-labelledby', 'timeline-by-hand-title');
  dialog.innerHTML = `<form method="dialog"><h2 id="timeline-by-hand-title">Copy by hand</h2>
    <p>The browser does not let this page write to the clipboard.</p>
    <textarea readonly aria-labelledby="timeline-by-hand-title"></textarea>
    <button class="button">Close</button></form>`;
  const field = dialog.querySelector('textarea');
  field.value = text;
  dialog.addEventListener('close', () => dialog.remove());
  doc.body.append(dialog);
  dialog.showModal();
  field.focus();
  field.select();
}
