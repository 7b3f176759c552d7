import assert from 'node:assert/strict';
import test from 'node:test';
import { openSocket } from '../js/socket.js';

/** A socket that does what the test tells it, and a clock that does not move. */
function stage(why) {
  const sockets = [];
  const timers = [];
  const log = [];
  class Fake {
    constructor(url, protocols) {
      Object.assign(this, { url, protocols });
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
  let time = 0;
  const socket = openSocket({
    url: () => `live?seq=${seq}`,
    onMessage: (message) => log.push(message.t),
    onLink: (link) => log.push(link),
    why,
    WebSocket: Fake,
    random: () => 0.5,
    now: () => time,
    later: (run, ms) => timers.push({ run, ms }) - 1,
    cancel: (id) => {
      if (timers[id]) timers[id].run = () => {};
    },
  });
  /** Lets time pass, in which the newest timer is due. */
  function pass(ms) {
    time += ms;
    timers.at(-1).run();
  }
  return { socket, sockets, timers, log, pass, Fake, advance: () => { seq += 1; } };
}

test('connects again with what the page shows then, ever more slowly', () => {
  const { socket, sockets, timers, log, advance } = stage();
  socket.restart();
  advance();
  sockets[0].onclose();
  assert.equal(timers.at(-1).ms, 600);
  timers.at(-1).run();
  assert.equal(sockets[1].url, 'live?seq=6');
  sockets[1].onclose();
  assert.equal(timers.at(-1).ms, 1100);
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
  const before = [log.length, timers.length];
  sockets[0].say({ t: 'patch', seq: 6, ops: [] });
  sockets[0].onclose();
  assert.deepEqual([log.length, timers.length], before);
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

test('takes a long silence for a lost connection', () => {
  const { socket, sockets, log, pass } = stage();
  socket.restart();
  sockets[0].say({ t: 'hello', epoch: 'e', seq: 5, beat: 1000 });
  pass(2400);
  sockets[0].say({ t: 'beat', seq: 5, time: '' });
  pass(100);
  pass(2300);
  assert.deepEqual(log, ['connecting', 'live', 'hello', 'beat']);
  pass(100);
  assert.equal(log.at(-1), 'down');
  assert.ok(sockets[0].closed);
  pass(600);
  assert.equal(sockets.length, 2);
});

test('does not wait for ever to be greeted', () => {
  const { socket, sockets, log, pass } = stage();
  socket.restart();
  pass(10000);
  assert.deepEqual(log, ['connecting', 'down']);
  assert.ok(sockets[0].closed);
});

test('hurries when it was silent for too long while nobody looked', () => {
  const { socket, sockets, timers, pass } = stage();
  socket.restart();
  timers.at(-1).run = () => {};
  pass(10000);
  socket.hurry();
  assert.equal(sockets.length, 2);
});

const settled = () => new Promise((done) => { setImmediate(done); });

test('asks why it was not greeted, and connects by what the answer says', async () => {
  let answer;
  const { socket, sockets, Fake } = stage(async () => answer);
  class Stream extends Fake {}
  socket.restart();
  assert.deepEqual(sockets[0].protocols.map((name) => name.replace(/[.].*/, '.')), ['callboard', 'key.']);
  sockets[0].onclose();
  await settled();
  assert.equal(sockets.length, 1, 'no answer: it waits');
  answer = Stream;
  socket.hurry();
  sockets[1].onclose();
  await settled();
  assert.ok(sockets[2] instanceof Stream);
  assert.equal(sockets[2].url, 'live?seq=5');
  sockets[2].say({ t: 'hello', epoch: 'e', seq: 5 });
  sockets[2].onclose();
  await settled();
  assert.equal(sockets.length, 3, 'it was greeted: there is nothing to ask');
});

test('does not take an answer that comes too late, or never', async () => {
  let tell;
  const { socket, sockets, timers, Fake } = stage(() => new Promise((done, fail) => { tell = { done, fail }; }));
  socket.restart();
  sockets[0].onclose();
  timers.at(-1).run();
  tell.done(Fake);
  await settled();
  assert.equal(sockets.length, 2);
  sockets[1].onclose();
  tell.fail(new Error('offline'));
  await settled();
  assert.equal(sockets.length, 2);
});
