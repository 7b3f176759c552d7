import { openLaneGrid } from './lanegrid.js';
import { morph } from './morph.js';
import { copy, eventsOf, linesOf } from './ndjson.js';
import { shortcut } from './shortcut.js';
import { local } from './storage.js';

/** The least time between two questions, in milliseconds. */
const GAP = 250;
const USUAL = 200;
const MOST = 1000;

/**
 * @typedef {object} Window what the reader looks at
 * @property {string} kind groups of events, '' for all
 * @property {number} before 0 for the newest events
 * @property {number} span how many
 * @property {number} event the one that is told in full, 0 for none
 */

/**
 * Where the time line of a view is.
 *
 * @param {string} search the query of the page
 * @param {Window} window
 */
export function lanesURL(search, window) {
  const query = new URLSearchParams(search);
  for (const name of ['kind', 'before', 'span', 'event']) {
    if (window[name]) query.set(name, String(window[name]));
    else query.delete(name);
  }
  query.set('only', 'lanes');
  return `timeline?${query}`;
}

/** How many events to show so that all that came since are among them. */
export const spanFor = (newer) => Math.min(MOST, Math.max(USUAL, newer + 20));

/** @param {number} at the event at which it stopped */
export function pausedWords(at, newer) {
  return `paused at #${at}, ${newer} newer ${newer === 1 ? 'event' : 'events'}`;
}

/** What to say when it goes on. */
export function resumedWords(at, seq, oldest) {
  const came = seq - at;
  const gone = Math.max(0, oldest - at - 1);
  const more = Math.max(0, came - gone - MOST);
  const words = `${came} ${came === 1 ? 'event' : 'events'} came meanwhile${more ? `; the first ${more} of them are under Earlier` : ''}`;
  return gone ? `${words}; ${gone} of them are not known any more` : words;
}

/**
 * The time line in the place of the list of events. The server prints it; here
 * is only when to ask, and for what.
 *
 * @param {import('./later.js').Board} board
 */
export function open({ doc, page, api, announce, clock }) {
  const place = doc.getElementById('timeline-place');
  const { history, location } = doc.defaultView;
  const by = (id) => doc.getElementById(id);
  const grid = openLaneGrid(place, (seq) => look({ event: seq }));

  /** @type {Window} */
  const window = { kind: '', before: 0, span: USUAL, event: 0 };
  let paused = 0; // the event at which it stopped, 0 if it goes on
  let shown = { search: null, seq: 0, text: '' };
  let timer = null;
  let asked = 0; // when
  let current = null; // the question on its way
  let away = false; // the reader has scrolled away from the end since the last pause

  /** Asks now. */
  async function refresh() {
    clearTimeout(timer);
    timer = null;
    asked = clock.ticks();
    current?.abort();
    const { signal } = (current = new AbortController());
    const { search } = page;
    const before = paused && !window.before ? paused + 1 : window.before;
    try {
      const response = await fetch(lanesURL(search, { ...window, before }), { headers: { Accept: 'text/html' }, signal });
      const text = await response.text();
      if (!response.ok) throw new Error(detailOf(doc, text));
      signal.throwIfAborted();
      if (text !== shown.text) put(text);
      shown = { search, seq: Number(by('timeline').dataset.seq), text };
      if (by('timeline-state').dataset.tone === 'bad') say('');
    } catch (error) {
      if (error.name === 'AbortError') return;
      shown = { ...shown, search, seq: page.seq };
      if (!by('timeline')) place.innerHTML = '<p id="timeline-state" class="timeline-state"></p>';
      say(error instanceof TypeError ? 'Offline: this cannot be asked now.' : error.message, 'bad');
    }
  }

  /** Brings a fresh time line into the page; focus, and what is in sight, stay. */
  function put(text) {
    const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('timeline');
    const old = by('timeline');
    if (!old) {
      place.replaceChildren(doc.importNode(fresh, true));
      by('lanes').scrollLeft = by('lanes').scrollWidth;
    } else {
      keepPlace(() => {
        // What has left the window goes first: then nothing has to be moved, which would cost the focus.
        for (const tick of old.querySelectorAll('.tick')) {
          if (!fresh.querySelector(`#${CSS.escape(tick.id)}`)) tick.parentNode.remove();
        }
        morph(old, doc.importNode(fresh, true));
      });
    }
    dress();
  }

  /** Stays at the newest end if the reader is there, at the same events if not. */
  function keepPlace(change) {
    const room = by('lanes');
    const { activeElement } = doc;
    const stays = atEnd();
    const edge = room.scrollLeft;
    const anchor = [...room.querySelectorAll('.tick')].find(({ dataset }) => Number(dataset.x) >= edge);
    const was = Number(anchor?.dataset.x);
    change();
    if (stays && !window.before) room.scrollLeft = room.scrollWidth;
    else if (anchor?.isConnected) room.scrollLeft = edge + Number(anchor.dataset.x) - was;
    if (doc.activeElement === activeElement || !activeElement?.id) return;
    (by(activeElement.id) ?? grid.settle())?.focus?.({ preventScroll: true });
  }

  function atEnd() {
    const room = by('lanes');
    return !room || room.scrollLeft + room.clientWidth >= room.scrollWidth - 24;
  }

  /** Puts on what the server does not know of. */
  function dress() {
    grid.settle();
    by('timeline-pause').setAttribute('aria-pressed', String(paused > 0));
    by('timeline-pause').textContent = paused ? 'Resume' : 'Pause';
    mark();
  }

  /** The event that is told in full is marked in the list, too. */
  function mark() {
    const row = by(`event-${window.event}`);
    for (const other of doc.querySelectorAll('#event-list > [data-chosen]')) {
      if (other !== row) other.removeAttribute('data-chosen');
    }
    row?.setAttribute('data-chosen', '');
    const hash = window.event ? `#event-${window.event}` : '';
    if (active() && location.hash !== hash && (hash || location.hash.startsWith('#event-'))) {
      history.replaceState(history.state, '', hash || location.pathname + location.search);
    }
  }

  function say(words, tone = '') {
    const state = by('timeline-state');
    if (!state) return;
    state.dataset.tone = tone;
    if (state.textContent !== words) state.textContent = words;
  }

  /** Looks at something else of the past. */
  function look(change) {
    Object.assign(window, change);
    return refresh();
  }

  async function resume() {
    const from = paused;
    paused = 0;
    away = false;
    await look({ before: 0, span: Math.max(window.span, spanFor(page.seq - from)) });
    const { seq, oldest } = by('timeline').dataset;
    const words = resumedWords(from, Number(seq), Number(oldest));
    say(words);
    announce(words);
  }

  function pause() {
    if (paused) return resume();
    paused = shown.seq;
    dress();
    count();
  }

  function count() {
    if (paused) say(pausedWords(paused, Math.max(0, page.seq - paused)));
  }

  async function copyLines() {
    const columns = by('timeline').dataset.columns.split(' ').filter(Boolean).map(Number);
    if (!columns.length) return say('There is nothing to copy.');
    try {
      const events = await eventsOf(api, columns);
      const lost = columns.length - events.length;
      if (!(await copy(doc, linesOf(events)))) return;
      const words = `${events.length} events copied${lost ? `; ${lost} are not known any more` : ''}`;
      say(words);
      announce(words);
    } catch (problem) {
      say(problem.detail ?? problem.message ?? String(problem), 'bad');
    }
  }

  /** Follows a link of the time line within the page. */
  function follow(href) {
    const query = new URL(href, location.href).searchParams;
    const [before, event] = [Number(query.get('before')), Number(query.get('event'))];
    if (paused && window.before && !before) {
      window.event = event;
      return resume();
    }
    // A link that was printed during a pause has the event of the pause in it.
    return look({ before: paused && before === paused + 1 ? 0 : before, event }).then(reveal);
  }

  function reveal() {
    const tick = place.querySelector('.tick[aria-current]');
    if (tick) grid.reveal(tick);
  }

  const active = () => !place.hidden;

  function changed() {
    if (!active() || !by('timeline')) return;
    mark();
    if (paused && !page.epoch.startsWith(by('timeline').dataset.epoch)) {
      paused = 0; // another run: its numbers mean other events
      Object.assign(window, { before: 0, event: 0 });
    }
    count();
    if (page.search === shown.search && (paused || page.seq <= shown.seq)) return;
    // What came during a pause was read: who has come back to the end needs no more than usual.
    if (!paused && !window.before && away && atEnd()) {
      window.span = USUAL;
      away = false;
    }
    timer ??= setTimeout(refresh, Math.max(0, asked + GAP - clock.ticks()));
  }

  place.addEventListener('scroll', () => {
    away ||= !atEnd();
  }, { capture: true, passive: true });
  place.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const way = event.target.closest('a[data-way]');
    if (way) {
      event.preventDefault();
      follow(way.href);
    } else if (event.target.closest('#timeline-pause')) {
      pause();
    } else if (event.target.closest('#timeline-copy')) {
      copyLines();
    }
  });
  place.addEventListener('submit', (event) => {
    event.preventDefault();
    look({ kind: event.submitter.value });
  });
  place.addEventListener('keydown', (event) => {
    if (shortcut(event) !== 'p') return;
    event.preventDefault();
    pause();
  });
  doc.addEventListener('board-changed', changed);
  by('show-list').addEventListener('click', (event) => {
    event.preventDefault();
    face('list');
    if (location.hash) history.replaceState(history.state, '', location.pathname + location.search);
  });

  function face(name) {
    const line = name === 'timeline';
    place.hidden = !line;
    doc.documentElement.toggleAttribute('data-timeline', line);
    by('show-timeline').setAttribute('aria-current', String(line));
    by('show-list').setAttribute('aria-current', String(!line));
    local.set('callboard.journal', name);
  }

  return {
    /** Shows the time line instead of the list. */
    async show() {
      face('timeline');
      const event = Number(/^#event-(\d+)$/.exec(location.hash)?.[1] ?? window.event);
      await look({ event });
      const line = by('timeline');
      if (!line || !event) return;
      const columns = line.dataset.columns.split(' ').map(Number);
      if (!columns.includes(event) && event < Number(line.dataset.seq)) await look({ before: event + USUAL / 2 });
      reveal();
    },
  };
}

/** What a page that says no says. */
function detailOf(doc, text) {
  const page = new DOMParser().parseFromString(text, 'text/html');
  return page.getElementById('problem-detail')?.textContent ?? 'The time line did not come.';
}
