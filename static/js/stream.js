/**
 * Listens by server-sent events, for where a websocket does not pass: the same
 * address, the same messages, the part of a WebSocket's interface that js/socket.js
 * uses. An EventSource would connect again by itself, with what the page showed
 * when it was opened: it is closed first.
 */
export class Stream {
  /**
   * @param {string} url of the websocket
   * @param {unknown} _protocols a browser sends no origin with this request, so that no key is needed
   * @param {typeof EventSource} [Source]
   */
  constructor(url, _protocols, Source = globalThis.EventSource) {
    this.source = new Source(url.replace(/^ws/, 'http'));
    this.source.onmessage = (event) => this.onmessage(event);
    this.source.onerror = () => {
      this.close();
      this.onclose();
    };
  }

  close() {
    this.source.close();
  }
}
