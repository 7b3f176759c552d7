import { key } from './request.js';

/**
 * Finds out why the page does not become live: a browser tells nothing of a
 * websocket that was not opened. The server is asked for the reason. If it has
 * none, the websocket is stopped on its way, and the page listens by an event
 * stream instead; but what was only a bad moment is over when it tries again.
 *
 * @param {{doc: Document, announce: (words: string) => void}} board
 */
export function open({ doc, announce }) {
  const band = doc.createElement('p');
  band.id = 'refusal';
  band.hidden = true;
  doc.getElementById('page').before(band);

  let unrefused = 0; // failures in a row for which the server has no reason
  let renewed = false; // the key was asked for since the page was live
  function forget() {
    unrefused = 0;
    renewed = false;
    band.hidden = true;
  }
  const status = doc.getElementById('status');
  new MutationObserver(() => status.dataset.state === 'live' && forget()).observe(status, { attributeFilter: ['data-state'] });

  function say({ detail, mend = '' }) {
    const words = `Not live. ${detail} ${mend}`.trim();
    band.hidden = false;
    if (band.textContent === words) return;
    const what = doc.createElement('b');
    what.textContent = 'Not live.';
    band.replaceChildren(what, ` ${detail}`, ...(mend ? [' ', ...withFlags(doc, mend)] : []));
    announce(words);
  }

  /** @returns {Promise<Function|undefined>} by what to connect at once */
  return async () => {
    const { kind, ...answer } = await reason(doc);
    if (kind === 'outage') return void forget();
    if (kind === 'refused') {
      unrefused = 0;
      if (answer.status === 403 && !renewed) {
        renewed = true;
        if (await renew(doc)) return WebSocket;
      }
      return void say(answer);
    }
    unrefused += 1;
    if (unrefused % 3 === 0) say({ ...answer, detail: 'Neither a websocket nor an event stream gets through to the board.' });
    if (unrefused % 3 === 2) return (await import('./stream.js')).Stream;
    return unrefused % 3 === 1 ? WebSocket : undefined;
  };
}

/** Flags of a command line are set apart, so that they can be read and copied. */
function withFlags(doc, words) {
  return words.split(/(--[\w-]+(?: \S*[^\s.,])?)/).map((part, i) => {
    if (i % 2 === 0) return part;
    const code = doc.createElement('code');
    code.textContent = part;
    return code;
  });
}

/**
 * Takes the key of a page that is printed now: that of this one may be of a run
 * before.
 *
 * @param {Document} doc
 * @returns {Promise<boolean>} whether it is another one
 */
async function renew(doc) {
  const response = await fetch('./', { headers: { Accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  const [old, now] = [doc, fresh].map((page) => page.querySelector('meta[name=callboard-key]'));
  if (!now || old.content === now.content) return false;
  old.content = now.content;
  return true;
}

/**
 * Asks the server what it has against this page.
 *
 * @param {Document} doc
 * @param {typeof fetch} [fetch]
 * @returns {Promise<{kind: 'outage'|'refused'|'none', status?: number, detail?: string, mend?: string}>}
 */
export async function reason(doc, fetch = globalThis.fetch.bind(globalThis)) {
  const headers = { Accept: 'application/json', 'X-Callboard-Origin': doc.location.origin, 'X-Callboard-Key': key(doc) };
  let response;
  try {
    response = await fetch('live?why', { headers, cache: 'no-store', redirect: 'manual' });
  } catch {
    return { kind: 'outage' };
  }
  const { status, ok, type } = response;
  const answer = await response.json().catch(() => ({}));
  if (answer.detail) return { kind: ok ? 'none' : 'refused', ...answer, status };
  if (ok || type === 'opaqueredirect' || status === 401) {
    return { kind: 'refused', status, detail: 'Something in front of the board does not let this page through.', mend: 'Load it again, to log in perhaps.' };
  }
  if (status >= 500) return { kind: 'outage' };
  return { kind: 'refused', status, detail: `Something in front of the board answers ${status} where this page listens (…/live).` };
}
