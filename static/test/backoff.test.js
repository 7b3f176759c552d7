import assert from 'node:assert/strict';
import test from 'node:test';
import { backoff } from '../js/backoff.js';

test('waits longer each time, up to a limit', () => {
  const waits = [1, 2, 3, 4, 5, 6, 50].map((attempt) => backoff(attempt, () => 1));
  assert.deepEqual(waits, [1100, 2100, 4100, 8100, 15100, 15100, 15100]);
});

test('is spread over the whole time', () => {
  assert.equal(backoff(3, () => 0), 100);
  assert.equal(backoff(3, () => 0.5), 2100);
});
