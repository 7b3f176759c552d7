import { openAnnouncer } from './announce.js';
import { backoff } from './backoff.js';
import { openCommands } from './command.js';
import { openExit } from './ghost.js';
import { openKeys } from './keys.js';
import { openNavigation } from './navigate.js';
import { openPage } from './page.js';
import { applyOps } from './patch.js';
import { openSocket } from './socket.js';
import { openStatus } from './status.js';
import { openTimes } from './times.js';
import { openViewport } from './viewport.js';

const still = matchMedia('(prefers-reduced-motion: reduce)');
const page = openPage(document);
const status = openStatus(document, page);
const announce = openAnnouncer(document.getElementById('announcer'));
const leave = openExit(document, () => still.matches);
const viewport = openViewport(document);
const tick = openTimes(document);
const navigation = openNavigation({ doc: document, window, arrived, settled });
const socket = openSocket({ url, onMessage, onLink: status.link });

openCommands({ doc: document, page, go: navigation.go });
openKeys(document, localStorage);
document.documentElement.setAttribute('data-scripted', '');

function url() {
  const live = new URL('live', location.href);
  live.protocol = live.protocol.replace('http', 'ws');
  live.search = location.search;
  live.searchParams.set('epoch', page.epoch);
  live.searchParams.set('seq', String(page.seq));
  return live.href;
}

/** Patches that wait for the next frame. */
let queue = [];
let frame = 0;
let wasLive = false;

function onMessage(message) {
  if (message.t === 'patch') {
    queue.push(message);
    // A hidden page has no frames, but has to stay true.
    if (document.hidden) flush();
    else frame ||= requestAnimationFrame(flush);
  } else if (message.t === 'hello') {
    if (message.epoch !== page.epoch) resync(`another run: ${message.epoch}`);
    else if (message.seq > page.seq && wasLive) status.caughtUp(message.seq - page.seq);
    wasLive = true;
    status.fresh();
  } else {
    resync(message.reason);
  }
}

function flush() {
  cancelAnimationFrame(frame);
  frame = 0;
  const batch = queue;
  queue = [];
  try {
    for (const { ops, seq } of batch) {
      applyOps(ops, document, { leave, arrived: arrivedElement });
      page.advance(seq);
    }
  } catch (error) {
    console.error(error);
    resync(error.message);
    return;
  }
  status.fresh();
  tick();
}

/** Draws the eye to what happened: a state that flipped, an event that came. */
function arrivedElement(fresh, old) {
  const flipped = old && (old.dataset.health !== fresh.dataset.health || old.dataset.phase !== fresh.dataset.phase);
  if (fresh.classList.contains('face') && flipped) fresh.setAttribute('data-news', '');
  if (old || !fresh.classList.contains('event')) return;
  fresh.setAttribute('data-news', '');
  announce(fresh.querySelector('.words').textContent);
}

let resyncs = 0;

/** Loads the view again, ever more slowly while it does not help. */
function resync(reason) {
  queue = [];
  console.info(`callboard: loading the page again: ${reason}`);
  resyncs += 1;
  const wait = resyncs > 1 ? backoff(resyncs) : 0;
  setTimeout(() => {
    navigation.reload().catch((error) => {
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
  viewport.attach();
  tick();
  page.refresh();
  status.fresh();
  socket.restart();
}

/** The reader followed a link: what it selected should be in sight. */
function settled() {
  viewport.reveal(document.querySelector('.face[aria-current="true"]'));
}

addEventListener('online', () => socket.hurry());
addEventListener('offline', () => socket.lose());
addEventListener('pageshow', (event) => event.persisted && socket.restart());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  if (queue.length) flush();
  socket.hurry();
});
socket.restart();
