/**
 * @typedef {object} Standing
 * @property {'connecting'|'live'|'down'} link
 * @property {number} seq the newest event shown
 * @property {number} at when the server last said that this is current, in milliseconds
 * @property {number} now
 * @property {number} [retryAt]
 * @property {number} [caughtUp] events that a reconnection brought
 * @property {string} [said] what the reader has to know first
 */

/**
 * Says how fresh the page is.
 *
 * @param {Standing} s
 * @returns {string}
 */
export function statusText({ link, seq, at, now, retryAt = 0, caughtUp = 0, said = '' }) {
  if (said) return said;
  const age = ago(now - at);
  if (link === 'live') {
    if (caughtUp > 0) return `live · caught up ${caughtUp} ${caughtUp === 1 ? 'event' : 'events'}`;
    return `live · event ${seq} · ${age}`;
  }
  const wait = Math.max(0, Math.ceil((retryAt - now) / 1000));
  const doing = link === 'connecting' || wait === 0 ? 'connecting' : `reconnecting in ${wait} s`;
  return `${doing} · event ${seq} · ${age}`;
}

/**
 * @param {number} ms
 * @returns {string}
 */
export function ago(ms) {
  return ms < 1000 ? `${Math.max(0, Math.round(ms / 10) * 10)} ms ago` : `${span(ms)} ago`;
}

/**
 * @param {number} ms
 * @returns {string}
 */
export function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86400)} d`;
}

/**
 * Keeps the status line of the page.
 *
 * @param {Document} doc
 * @param {{seq: number}} page
 * @param {(sentence: string) => void} announce
 * @param {() => number} ticks milliseconds that never go back
 */
export function openStatus(doc, page, announce, ticks) {
  let link = 'connecting';
  let retryAt = 0;
  let at = ticks();
  let lostAt = at;
  let praise = { events: 0, until: 0 };
  let word = { said: '', until: 0 };

  function show() {
    const now = ticks();
    const text = statusText({
      link, seq: page.seq, at, now, retryAt, caughtUp: now < praise.until ? praise.events : 0, said: now < word.until ? word.said : '',
    });
    const line = doc.getElementById('status-text');
    if (line && line.textContent !== text) {
      line.textContent = text;
      line.title = text;
    }
    doc.getElementById('status')?.setAttribute('data-state', link);
    // A short gap is not worth a change of colours.
    const stale = link !== 'live' && now - lostAt > 1500;
    if (stale !== doc.documentElement.hasAttribute('data-stale')) {
      announce(stale ? 'The connection is lost: what is shown grows old' : 'Live again');
    }
    doc.documentElement.toggleAttribute('data-stale', stale);
    const band = doc.getElementById('stale');
    if (!band) return;
    band.hidden = !stale;
    const words = stale ? `What is shown is ${span(now - at)} old` : '';
    if (band.textContent !== words) band.textContent = words;
  }
  setInterval(show, 250);
  show();

  return {
    link(next, when = 0) {
      if (link === 'live' && next !== 'live') lostAt = ticks();
      link = next;
      retryAt = when;
      show();
    },
    /** The server has spoken. That comes too often to be said each time. */
    fresh() {
      at = ticks();
    },
    caughtUp(events) {
      praise = { events, until: ticks() + 4000 };
      show();
    },
    /** Says something else for some seconds. */
    say(said) {
      word = { said, until: ticks() + 5000 };
      show();
    },
    get live() {
      return link === 'live';
    },
  };
}
