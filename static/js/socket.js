import { backoff } from './backoff.js';
import { key } from './request.js';

/** How long the server may be silent before it has said how often it speaks, in milliseconds. */
const PATIENCE = 10000;

/**
 * @typedef {{t: 'hello', epoch: string, seq: number, beat?: number, time?: string}
 *   | {t: 'patch', seq: number, ops: import('./patch.js').Op[]}
 *   | {t: 'beat', seq: number, time: string}
 *   | {t: 'resync', reason: string}} Message
 *
 * @typedef {object} SocketOptions
 * @property {() => string} url where to connect, with what the page shows now
 * @property {(message: Message) => void} onMessage
 * @property {(link: 'connecting'|'live'|'down', retryAt?: number) => void} onLink
 * @property {() => Promise<Function|undefined>} [why] asks why the server has not greeted, and says by what to connect at once
 * @property {typeof WebSocket} [WebSocket]
 * @property {() => number} [random]
 * @property {() => number} [now]
 * @property {(run: () => void, ms: number) => any} [later]
 * @property {(timer: any) => void} [cancel]
 */

/**
 * Keeps one connection to the server and never gives up. It only listens:
 * commands go another way. The server speaks at least once in a beat, whose
 * length is in its greeting; a connection on which nothing was heard for two and
 * a half is lost, though nobody has closed it.
 *
 * @param {SocketOptions} options
 */
export function openSocket({
  url, onMessage, onLink, why = async () => {}, WebSocket = globalThis.WebSocket, random = Math.random,
  now = Date.now, later = setTimeout, cancel = clearTimeout,
}) {
  let socket = null;
  let timer = null; // of the next try
  let watch = null; // of the next look whether it still speaks
  let heard = 0;
  let patience = PATIENCE;
  let failures = 0;
  let greeted = false;

  function connect(Wire = WebSocket) {
    drop();
    onLink('connecting');
    // A handshake has no other place for the key.
    const mine = new Wire(url(), ['callboard', `key.${key()}`]);
    socket = mine;
    greeted = false;
    patience = PATIENCE;
    heard = now();
    listen();
    mine.onmessage = (event) => {
      if (mine !== socket) return;
      heard = now();
      const message = JSON.parse(event.data);
      if (message.t === 'hello') greet(message);
      onMessage(message);
    };
    mine.onclose = () => {
      if (mine === socket) retry();
    };
  }

  function greet({ beat }) {
    failures = 0;
    greeted = true;
    if (beat) patience = 2.5 * beat;
    listen();
    onLink('live');
  }

  // One timer that looks back, not one for each message.
  function listen() {
    cancel(watch);
    watch = later(() => {
      if (now() - heard >= patience) lose();
      else listen();
    }, patience - (now() - heard));
  }

  // A socket that we let go of must not speak any more.
  function drop() {
    cancel(timer);
    cancel(watch);
    const old = socket;
    socket = null;
    old?.close();
  }

  function retry() {
    cancel(watch);
    socket = null;
    failures += 1;
    const wait = backoff(failures, random);
    onLink('down', now() + wait);
    timer = later(() => connect(), wait);
    if (greeted) return;
    const mine = timer;
    why().then((Wire) => Wire && mine === timer && !socket && connect(Wire), () => {});
  }

  function lose() {
    drop();
    retry();
  }

  return {
    /** Connects anew, with what the page shows now. */
    restart: () => connect(),
    /** Connects at once if it was waiting to, or was silent for too long while nobody looked. */
    hurry() {
      if (!socket || now() - heard >= patience) connect();
    },
    /** Treats the connection as lost: the browser says that it is offline. */
    lose,
  };
}
