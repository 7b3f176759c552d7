import { backoff } from './backoff.js';

/**
 * @typedef {{t: 'hello', epoch: string, seq: number}
 *   | {t: 'patch', seq: number, ops: import('./patch.js').Op[]}
 *   | {t: 'resync', reason: string}} Message
 *
 * @typedef {object} SocketOptions
 * @property {() => string} url where to connect, with what the page shows now
 * @property {(message: Message) => void} onMessage
 * @property {(link: 'connecting'|'live'|'down', retryAt?: number) => void} onLink
 * @property {typeof WebSocket} [WebSocket]
 * @property {() => number} [random]
 * @property {() => number} [now]
 * @property {(run: () => void, ms: number) => any} [later]
 * @property {(timer: any) => void} [cancel]
 */

/**
 * Keeps one connection to the server and never gives up. It only listens:
 * commands go another way.
 *
 * @param {SocketOptions} options
 */
export function openSocket({
  url, onMessage, onLink, WebSocket = globalThis.WebSocket, random = Math.random,
  now = Date.now, later = setTimeout, cancel = clearTimeout,
}) {
  let socket = null;
  let timer = null;
  let failures = 0;

  function connect() {
    drop();
    onLink('connecting');
    const mine = new WebSocket(url());
    socket = mine;
    mine.onmessage = (event) => {
      if (mine !== socket) return;
      const message = JSON.parse(event.data);
      if (message.t === 'hello') {
        failures = 0;
        onLink('live');
      }
      onMessage(message);
    };
    mine.onclose = () => {
      if (mine === socket) retry();
    };
  }

  // A socket that we let go of must not speak any more.
  function drop() {
    cancel(timer);
    const old = socket;
    socket = null;
    old?.close();
  }

  function retry() {
    socket = null;
    failures += 1;
    const wait = backoff(failures, random);
    onLink('down', now() + wait);
    timer = later(connect, wait);
  }

  return {
    /** Connects anew, with what the page shows now. */
    restart: connect,
    /** Connects at once if it was waiting to. */
    hurry() {
      if (!socket) connect();
    },
    /** Treats the connection as lost: the browser says that it is offline. */
    lose() {
      drop();
      retry();
    },
  };
}
