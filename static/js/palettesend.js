import { request, wordsOf } from './request.js';

/**
 * Sends the command of an item. The palette stays open until it is accepted: a
 * refusal is shown where the command was given.
 *
 * @param {import('./later.js').Board} board
 * @param {object} palette
 * @param {(words: string) => void} palette.say
 * @param {(words: string) => void} palette.failed
 * @param {() => void} palette.close
 * @param {(item: object) => object|null} palette.now what the item has become, null
 *   if there is no such thing any more
 */
export function openSend({ page, go }, { say, failed, close, now }) {
  let busy = false;

  function begin({ send, element, button }, values = new Map()) {
    if (send) return send();
    const body = new URLSearchParams(new FormData(element, button));
    for (const [name, value] of values) body.set(name, value);
    return request(element.action, { body });
  }

  return async function send(item, values) {
    if (busy) return;
    const fresh = now(item);
    if (!fresh) return failed('The page has changed: this cannot be done any more.');
    busy = true;
    say('Sending…');
    try {
      const { seq } = await begin(fresh, values);
      close();
      const came = !seq || (await page.reached(seq));
      say(`${item.words.replace(/…$/, '')}: ${came ? 'done' : 'accepted'}, event ${seq}`);
      if (fresh.element?.dataset.then === 'back') await go(new FormData(fresh.element).get('_back'));
    } catch (problem) {
      const fields = (problem.errors ?? []).map(({ detail }) => detail).filter((detail) => detail !== problem.detail);
      failed([wordsOf(problem), ...fields].join(' '));
    } finally {
      busy = false;
    }
  };
}
