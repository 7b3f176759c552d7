import { wordsOf } from './request.js';
import { make } from './rewiremake.js';
import { effects, remarks } from './rewirewords.js';

/**
 * Says what a change would do.
 *
 * @param {Document} doc
 * @param {import('./rewirewords.js').Told} told
 * @returns {Element[]}
 */
export function report(doc, told) {
  const lines = effects(told).map(({ name, words }) => make(doc, 'li', {}, make(doc, 'span', { class: 'name' }, name), ` ${words}`));
  const list = lines.length ? [make(doc, 'ul', { class: 'rewire-effects' }, ...lines)] : [];
  return [...list, ...remarks(told).map(({ text, bad }) => make(doc, 'p', bad ? { class: 'refusal' } : {}, text))];
}

/**
 * Says why the server did not do it.
 *
 * @param {Document} doc
 * @param {{detail?: string, title?: string}} problem
 */
export function refusal(doc, problem) {
  return make(doc, 'p', { class: 'refusal' }, wordsOf(problem));
}
