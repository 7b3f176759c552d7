import assert from 'node:assert/strict';
import test from 'node:test';
import { openSocket } from '../js/socket.js';

/** A socket that does what the test tells it, and a clock that does not move. */
function stage() {
  const sockets = [];
  const timers = [];
  const log = [];
  class Fake {
    constructor(url) {
      this.url = url;
      sockets.push(this);
    }

    close() {
      this.closed = true;
    }

    say(message) {
      this.onmessage({ data: JSON.stringify(message) });
    }
  }
  let seq = 5;
  const socket = openSocket({
    url: () => `live?seq=${seq}`,
    onMessage: (message) => log.push(message.t),
    onLink: (link) => log.push(link),
    WebSocket: Fake,
    random: () => 0.5,
    now: () => 0,
    later: (run, ms) => timers.push({ run, ms }) - 1,
    cancel: (id) => {
      if (timers[id]) timers[id].run = () => {};
    },
  });
  return { socket, sockets, timers, log, advance: () => { seq += 1; } };
}

test('connects again with what the page shows then, ever more slowly', () => {
  const { socket, sockets, timers, log, advance } = stage();
  socket.restart();
  advance();
  sockets[0].onclose();
  timers.at(-1).run();
  assert.equal(sockets[1].url, 'live?seq=6');
  sockets[1].onclose();
  assert.deepEqual(timers.map((t) => t.ms), [600, 1100]);
  assert.deepEqual(log, ['connecting', 'down', 'connecting', 'down']);
});

test('is live from the greeting on, and then forgets its failures', () => {
  const { socket, sockets, timers, log } = stage();
  socket.restart();
  sockets[0].onclose();
  timers.at(-1).run();
  sockets[1].say({ t: 'hello', epoch: 'e', seq: 5 });
  sockets[1].say({ t: 'patch', seq: 6, ops: [] });
  sockets[1].onclose();
  assert.equal(timers.at(-1).ms, 600);
  assert.deepEqual(log.slice(2), ['connecting', 'live', 'hello', 'patch', 'down']);
});

test('does not listen to a socket that it let go of', () => {
  const { socket, sockets, timers, log } = stage();
  socket.restart();
  socket.restart();
  assert.ok(sockets[0].closed);
  const before = log.length;
  sockets[0].say({ t: 'patch', seq: 6, ops: [] });
  sockets[0].onclose();
  assert.equal(log.length, before);
  assert.equal(timers.length, 0);
});

test('hurries only when it was waiting', () => {
  const { socket, sockets } = stage();
  socket.restart();
  socket.hurry();
  assert.equal(sockets.length, 1);
  socket.lose();
  socket.hurry();
  assert.equal(sockets.length, 2);
});
