import assert from 'node:assert/strict';
import test from 'node:test';
import { windowFor } from '../js/longlist.js';

const has = (from) => ({ from, n: 80, total: 1000 });

test('what is well inside the window asks for nothing', () => {
  assert.equal(windowFor(has(200), 220, 250), null);
  assert.equal(windowFor(has(0), 0, 30), null, 'there is nothing above the first line');
  assert.equal(windowFor(has(920), 970, 1000), null, 'there is nothing below the last line');
});

test('what comes near the edge asks for a window around it', () => {
  assert.equal(windowFor(has(0), 50, 80), 20);
  assert.equal(windowFor(has(200), 205, 235), 180);
  assert.equal(windowFor(has(0), 700, 730), 670, 'however far away');
});

test('a window ends with the list', () => {
  assert.equal(windowFor(has(0), 990, 1000), 920);
  assert.equal(windowFor(has(500), 2, 30), 0);
  assert.equal(windowFor({ from: 0, n: 80, total: 85 }, 60, 85), 5);
});
