import assert from 'node:assert/strict';
import test from 'node:test';
import { openClock } from '../js/clock.js';

const hour = 3600e3;
const noon = Date.parse('2026-11-26T12:00:00.000Z');

/** A reader's two clocks, which differ from the server's. */
function reader(skew) {
  const time = { server: noon, skew, ran: 0 };
  const clock = openClock(() => time.server + time.skew, () => time.ran);
  return {
    clock,
    time,
    pass(ms) {
      time.server += ms;
      time.ran += ms;
    },
    hear: (late = 0) => clock.heard(new Date(time.server - late).toISOString()),
  };
}

for (const [words, skew] of [['90 s ahead', 90e3], ['an hour behind', -hour], ['right', 0]]) {
  test(`a reader whose clock is ${words} has the server's time`, () => {
    const { clock, time, pass, hear } = reader(skew);
    assert.ok(Number.isNaN(clock.now()), 'before the server has said its time, there is none');
    hear();
    assert.equal(clock.now(), time.server);
    pass(5000);
    assert.equal(clock.now(), time.server);
  });
}

test('a reader who has slept for an hour has the right time at once, and after the next beat if the clock was set meanwhile', () => {
  const { clock, time, hear } = reader(90e3);
  hear();
  time.server += hour; // the even clock stood still
  assert.equal(clock.now(), time.server);
  time.skew = -hour;
  hear();
  assert.equal(clock.now(), time.server);
});

test('a beat that comes late does not turn the time back, one that is much later does', () => {
  const { clock, time, hear } = reader(0);
  hear();
  hear(700);
  assert.equal(clock.now(), time.server);
  hear(2 * hour);
  assert.equal(clock.now(), time.server - 2 * hour);
  hear(300); // what was too late is made good by the next one
  assert.equal(clock.now(), time.server - 300);
});

test('what is no time leaves the clock alone', () => {
  const { clock, time, hear } = reader(0);
  hear();
  clock.heard(undefined);
  assert.equal(clock.now(), time.server);
});

test('ticks go on when the reader\'s clock is set back, and count what was slept through', () => {
  const { clock, time, pass } = reader(0);
  const begin = clock.ticks();
  pass(1000);
  assert.equal(clock.ticks() - begin, 1000);
  time.skew = -hour;
  pass(1000);
  assert.equal(clock.ticks() - begin, 2000);
  pass(500);
  assert.equal(clock.ticks() - begin, 2500);
  time.server += hour; // asleep
  assert.equal(clock.ticks() - begin, 2500 + hour);
});
