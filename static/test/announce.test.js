import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { openAnnouncer } from '../js/announce.js';

const event = (text) => ({ text });

test.afterEach(() => mock.timers.reset());

test('speaks once, a moment after the last event', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const region = { textContent: '' };
  const announce = openAnnouncer(region, setTimeout);
  announce(event('a1 was   deleted'));
  mock.timers.tick(200);
  announce(event('a1 was released'));
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
    announce(event(`event ${i}`));
    mock.timers.tick(10);
  }
  assert.match(region.textContent, /^(event \d+\. ){4}and \d+ more events$/);
});

test('what the reader did is said first, and never summed up', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const region = { textContent: '' };
  const announce = openAnnouncer(region, setTimeout);
  for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) announce(event(text));
  announce('pool_a is back');
  announce(event('g'));
  for (let i = 0; i < 12; i++) mock.timers.tick(50);
  assert.equal(region.textContent, 'pool_a is back. a. b. c. d. and 3 more events');
  announce('alone');
  for (let i = 0; i < 7; i++) mock.timers.tick(50);
  assert.equal(region.textContent, 'alone');
});
