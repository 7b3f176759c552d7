import assert from 'node:assert/strict';
import test from 'node:test';
import { next } from '../js/cardkeys.js';

// cache and site, pool_a and pool_b, a1 to a3
const cards = Object.entries({ cache: [0, 0], site: [0, 4], c1: [1, 2], pool_b: [1, 8], a1: [2, 0], a2: [2, 2], a3: [2, 4] })
  .map(([name, [x, y]]) => ({ name, x, y }));
const from = (name, key) => next(cards.find((card) => card.name === name), cards, key)?.name ?? null;

test('arrows lead to the nearest card that way', () => {
  assert.equal(from('cache', 'ArrowRight'), 'c1');
  assert.equal(from('site', 'ArrowRight'), 'c1', 'the most level of the next column');
  assert.equal(from('a3', 'ArrowLeft'), 'c1');
  assert.equal(from('a1', 'ArrowDown'), 'a2');
  assert.equal(from('a3', 'ArrowUp'), 'a2');
});

test('where nothing is, nothing is reached', () => {
  assert.equal(from('cache', 'ArrowUp'), null);
  assert.equal(from('cache', 'ArrowLeft'), null);
  assert.equal(from('a3', 'ArrowDown'), null);
  assert.equal(from('a2', 'ArrowRight'), null);
});
