import assert from 'node:assert/strict';
import test from 'node:test';
import { span, statusText } from '../js/status.js';

const now = 1_000_000;

test('says how fresh the page is', () => {
  assert.equal(statusText({ link: 'live', seq: 1841, at: now - 40, now }), 'live · event 1841 · 40 ms ago');
  assert.equal(statusText({ link: 'live', seq: 1841, at: now - 3200, now }), 'live · event 1841 · 3 s ago');
});

test('says what a reconnection brought', () => {
  assert.equal(statusText({ link: 'live', seq: 9, at: now, now, caughtUp: 12 }), 'live · caught up 12 events');
  assert.equal(statusText({ link: 'live', seq: 9, at: now, now, caughtUp: 1 }), 'live · caught up 1 event');
});

test('says how old the page is without a connection', () => {
  const lost = { seq: 1841, at: now - 12000, now };
  assert.equal(
    statusText({ ...lost, link: 'down', retryAt: now + 1900 }),
    'reconnecting in 2 s · event 1841 · 12 s ago',
  );
  assert.equal(statusText({ ...lost, link: 'connecting' }), 'connecting · event 1841 · 12 s ago');
});

test('prints spans in the unit that fits', () => {
  assert.deepEqual([-5, 59999, 60000, 3600e3, 172800e3].map(span), ['0 s', '59 s', '1 min', '1 h', '2 d']);
});
