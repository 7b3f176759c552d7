import assert from 'node:assert/strict';
import test from 'node:test';
import { Stream } from '../js/stream.js';

test('is a websocket as far as one is needed, and never connects by itself', () => {
  const log = [];
  class Source {
    constructor(url) {
      log.push(url);
    }

    close() {
      log.push('closed');
    }
  }
  const stream = new Stream('wss://board.example/i/demo/live?seq=5', ['callboard'], Source);
  stream.onmessage = ({ data }) => log.push(data);
  stream.onclose = () => log.push('lost');
  stream.source.onmessage({ data: '{"t":"hello"}' });
  stream.source.onerror({});
  stream.close();
  assert.deepEqual(log, ['https://board.example/i/demo/live?seq=5', '{"t":"hello"}', 'closed', 'lost', 'closed']);
});
