import { openAnnouncer } from './announce.js';
import { backoff } from './backoff.js';
import { openClock } from './clock.js';
import { openExit } from './ghost.js';
import { openGrip } from './grip.js';
import { openKeys } from './keys.js';
import { openLater } from './later.js';
import { morph } from './morph.js';
import { openNavigation } from './navigate.js';
import { openNews } from './news.js';
import { openPage } from './page.js';
import { applyOps } from './patch.js';
import { openSocket } from './socket.js';
import { openStatus } from './status.js';
import { local } from './storage.js';
import { openTimes } from './times.js';
import { openViewport } from './viewport.js';

const still = matchMedia('(prefers-reduced-motion: reduce)');
const page = openPage(document, location.search);
const announce = openAnnouncer(document.getElementById('announcer'));
const clock = openClock();
const status = openStatus(document, page, announce, clock.ticks);
const arrivedElement = openNews(announce);
const exit = openExit(document, () => still.matches);
const viewport = openViewport(document);
const tick = openTimes(document, clock);
const navigation = openNavigation({ doc: document, window, page, exit, hold, arrived, settled, stuck });
const why = () => later.use('refusal', { styled: true, quiet: true }).then((ask) => ask());
const socket = openSocket({ url, onMessage, onLink: status.link, why, now: clock.ticks });

const { api } = document.getElementById('page').dataset;
const later = openLater({ doc: document, page, go: navigation.go, replace: navigation.replace, api, announce, clock });
openKeys(document, local, later, { m: openGrip(document, later) });
document.addEventListener('toggle', ({ target }) => {
  if (target.dataset.dump && target.open) later.use('dump').then((load) => load(target), () => {});
}, true);
const commands = () => later.use('command');
document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event;
  // Not form.method: a field may have that name.
  if (form.getAttribute('method') !== 'post') return;
  event.preventDefault();
  commands().then((send) => send(form, submitter), () => stuck('Offline: this was not sent'));
});
document.addEventListener('focusin', ({ target }) => {
  if (target.name?.startsWith('members[')) later.use('morerows').catch(() => {});
});
const showTimeline = () => later.use('timeline', { styled: true }).then((line) => line.show());
document.documentElement.setAttribute('data-scripted', '');

function url() {
  // What has come is in the page, or will come again: never both.
  flush();
  queue = [];
  const live = new URL('live', location.href);
  live.protocol = live.protocol.replace('http', 'ws');
  live.search = page.search;
  live.searchParams.set('epoch', page.epoch);
  live.searchParams.set('seq', String(page.seq));
  return live.href;
}

const narrow = matchMedia('(max-width: 44.99rem)');
/**
 * Brings the keys of the outline when that is what is seen, and what sends forms
 * when there is one: after the line is lost it could not come any more.
 */
function prepare() {
  if (document.querySelector('#inspector form[method="post"]:not(#form-step-on)')) commands().catch(() => {});
  const { face } = document.getElementById('page').dataset;
  if (face === 'outline' || (!face && narrow.matches)) later.use('treegrid', { styled: true }).catch(() => {});
}
narrow.addEventListener('change', prepare);

/** Patches that wait for the next frame. */
let queue = [];
let frame = 0;
let holds = 0;
let wasLive = false;
/** What the page showed when it came back: patches up to that may come again. */
let resumed = 0;

function changed() {
  prepare();
  document.dispatchEvent(new Event('board-changed'));
}

function onMessage(message) {
  status.fresh();
  if (message.time) heard(message.time);
  if (Object.hasOwn(messages, message.t)) messages[message.t](message);
}

/** The server has said what time it is: what was drawn by another one is drawn again. */
function heard(time) {
  clock.heard(time);
  tick();
}

const messages = {
  patch(message) {
    if (loading) return;
    queue.push(message);
    // A hidden page has no frames, but has to stay true.
    if (document.hidden) flush();
    else frame ||= requestAnimationFrame(draw);
  },
  hello({ epoch, seq }) {
    if (epoch !== page.epoch) resync(`another run: ${epoch}`);
    else if (seq > page.seq && wasLive) status.caughtUp(seq - page.seq);
    wasLive = true;
    resumed = page.seq;
  },
  // Everything up to seq was sent before it.
  beat({ seq }) {
    const newest = queue.at(-1)?.seq ?? page.seq;
    if (seq > newest && !loading) resync(`nothing came from ${newest} to ${seq}`);
  },
  resync: ({ reason }) => resync(reason),
};

/** Keeps patches back while the page becomes that of another view. */
function hold() {
  flush();
  holds += 1;
  return (came) => {
    holds -= 1;
    if (came) queue = [];
    else flush();
  };
}

/** How long a frame may go on with patches, in milliseconds: the rest has to be drawn, too. */
const BUDGET = 12;

/** Brings patches into the page, and leaves to the next frame what is too much for one. */
function draw() {
  flush(performance.now() + BUDGET);
  if (queue.length && !holds) frame = requestAnimationFrame(draw);
}

function flush(until = Infinity) {
  cancelAnimationFrame(frame);
  frame = 0;
  if (holds) return;
  const batch = [];
  try {
    while (queue.length && (!batch.length || performance.now() < until)) {
      const { ops, seq } = queue.shift();
      batch.push(ops);
      applyOps(ops, document, { morph, leave: exit.leave, arrived: arrivedElement, again: seq <= resumed });
      page.advance(seq);
    }
  } catch (error) {
    console.error(error);
    resync(error.message);
    return;
  }
  if (!batch.length) return;
  if (batch.flat().some(({ html }) => /data-(age|until)/.test(html))) tick();
  changed();
}

let resyncs = 0;
let loading = false;
let revealed; // the line of the outline that was selected last

/** Loads the view again, ever more slowly while it does not help. */
function resync(reason) {
  queue = [];
  if (loading) return;
  loading = true;
  console.info(`callboard: loading the page again: ${reason}`);
  resyncs += 1;
  const wait = resyncs > 1 ? backoff(resyncs) : 0;
  setTimeout(() => {
    navigation.reload().catch((error) => {
      loading = false;
      if (error.name !== 'AbortError') resync(error.message);
    });
  }, wait);
  setTimeout(() => {
    resyncs = 0;
  }, 20000);
}

/** Another view is in the page: go on from there. */
function arrived() {
  queue = [];
  loading = false;
  viewport.attach();
  tick();
  changed();
  socket.restart();
}

/** The reader wanted another view and cannot have it. */
function stuck(words) {
  status.say(words);
  announce(words);
}

/** The reader followed a link: what it selected should be in sight. */
function settled() {
  viewport.reveal(document.querySelector('.face[aria-current="true"]'));
  revealLine();
}

/** An outline that scrolls by itself shows the line of what has just been selected, not again while it stays so. */
function revealLine() {
  const line = document.querySelector('#rows > .row[aria-current="true"]');
  const outline = document.getElementById('outline');
  if (line && line.id !== revealed && outline.scrollHeight > outline.clientHeight + 1) {
    const [room, at] = [outline, line].map((element) => element.getBoundingClientRect());
    if (at.top < room.top + at.height || at.bottom > room.bottom) line.scrollIntoView({ block: 'center', behavior: 'instant' });
  }
  revealed = line?.id;
}
revealLine();

document.addEventListener('click', (event) => {
  const link = event.target.closest('#show-timeline');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  showTimeline().catch(() => location.assign(`timeline${location.search}`));
});
if (local.get('callboard.journal') === 'timeline' || location.hash.startsWith('#event-')) showTimeline().catch(() => {});
addEventListener('online', () => socket.hurry());
addEventListener('offline', () => socket.lose());
addEventListener('pageshow', (event) => event.persisted && socket.restart());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  tick();
  if (queue.length) flush();
  socket.hurry();
});
socket.restart();
prepare();
