import assert from 'node:assert/strict';
import test from 'node:test';
import { digest } from '../js/digest.js';

const event = (kind, name, text, others = 0) => ({ kind, name, text: `${name} ${text}`, others });

test('a release is one sentence, whatever it let go of', () => {
  assert.deepEqual(digest([
    event('director.deleted', 'pool_a', 'was deleted'),
    ...['a1', 'a2', 'a3'].map((member) => event('ref.assigned', 'pool_a', `let go of ${member} · refs 3 → 2`)),
    event('director.health', 'pool_a', 'became sick · members: 0 of 0 healthy'),
    event('director.released', 'pool_a', 'was released: it let go of a1, a2, a3 · refs 1', 3),
  ]), ['pool_a released: 3 references dropped', 'pool_a became sick · members: 0 of 0 healthy']);
  assert.deepEqual(digest([event('director.released', 'b1', 'was released · refs 1'), event('director.destroyed', 'b1', 'was destroyed')]), [
    'b1 released', 'b1 destroyed',
  ]);
  assert.deepEqual(digest([event('director.released', 'p', 'was released: it let go of a', 1)]), ['p released: 1 reference dropped']);
});

test('an end comes first, then health, then the rest, each in its order', () => {
  assert.deepEqual(digest([
    event('ref.assigned', 'pin “x”', 'took hold of a1 · refs 1 → 2'),
    event('director.health', 'a1', 'became sick'),
    event('director.destroyed', 'b1', 'was destroyed'),
    event('director.admin_health', 'c1', 'was set to sick by hand'),
  ]), ['b1 destroyed', 'a1 became sick', 'c1 was set to sick by hand', 'pin “x” took hold of a1 · refs 1 → 2']);
});

test('of many the first are said, and how many more there are', () => {
  const many = (n) => Array.from({ length: n }, (_, i) => event('director.health', `b${i}`, 'became sick'));
  assert.equal(digest(many(5)).length, 5, 'one more is said, too');
  assert.deepEqual(digest(many(7)).slice(3), ['b3 became sick', 'and 3 more events']);
  assert.equal(digest(many(300), 400).at(-1), 'and 396 more events');
});
