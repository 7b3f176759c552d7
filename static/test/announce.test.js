import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { openAnnouncer, summary } from '../js/announce.js';

test.afterEach(() => mock.timers.reset());

test('speaks once, a moment after the last event', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const region = { textContent: '' };
  const announce = openAnnouncer(region, setTimeout);
  announce('a1 was   deleted');
  mock.timers.tick(200);
  announce('a1 was released');
  mock.timers.tick(200);
  assert.equal(region.textContent, '');
  for (let i = 0; i < 8; i++) mock.timers.tick(50);
  assert.equal(region.textContent, 'a1 was deleted. a1 was released');
});

test('the same words twice are spoken twice', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const spoken = [];
  const region = { set textContent(text) { spoken.push(text); } };
  const announce = openAnnouncer(region, setTimeout);
  for (let i = 0; i < 2; i++) {
    announce('again');
    mock.timers.tick(250);
    mock.timers.tick(50);
  }
  assert.deepEqual(spoken, ['', 'again', '', 'again']);
});

test('speaks from time to time where there is no end', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const region = { textContent: '' };
  const announce = openAnnouncer(region, setTimeout);
  for (let i = 1; i <= 320; i++) {
    announce(`event ${i}`);
    mock.timers.tick(10);
  }
  assert.match(region.textContent, /^\d{3} events, the last: event \d{3}$/);
});

test('many events become one sentence', () => {
  assert.equal(summary(['a', 'b', 'c', 'd']), '4 events, the last: d');
});

test('what the reader did is said first, and never summed up', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const region = { textContent: '' };
  const announce = openAnnouncer(region, setTimeout);
  for (const sentence of ['a', 'b', 'c', 'd']) announce(sentence);
  announce('pool_a is back', true);
  announce('e');
  for (let i = 0; i < 12; i++) mock.timers.tick(50);
  assert.equal(region.textContent, 'pool_a is back. 5 events, the last: e');
  announce('alone', true);
  for (let i = 0; i < 7; i++) mock.timers.tick(50);
  assert.equal(region.textContent, 'alone');
});
