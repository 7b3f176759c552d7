import assert from 'node:assert/strict';
import test from 'node:test';
import { carrying, effects, possible, remarks, title } from '../js/rewirewords.js';

const effect = (name, id, from, to) => ({ director: name, id, refcount_from: from, refcount_to: to, destroyed: to === 0 });
const told = {
  director: 'pool_a', slot: 2, from: effect('a2', 2, 3, 2), to: effect('c1', 6, 1, 2), destroys: [], loop: null, loop_ids: null, refused: '',
};

test('the effect on both counts is told before anything is done', () => {
  assert.equal(title(told), 'Point slot 2 of pool_a at c1?');
  assert.deepEqual(effects(told), [{ name: 'a2', words: '3 → 2 references' }, { name: 'c1', words: '1 → 2 references' }]);
  assert.deepEqual(remarks(told), []);
  assert.ok(possible(told));
});

test('a new member has no one before it', () => {
  const added = { ...told, slot: 0, from: null };
  assert.equal(title(added), 'Make c1 a member of pool_a?');
  assert.deepEqual(effects(added).map(({ name }) => name), ['c1']);
});

test('the last reference is told with what it destroys', () => {
  const last = { ...told, from: effect('a2', 2, 1, 0), destroys: ['a2', 'x', 'y'] };
  assert.equal(effects(last)[0].words, '1 → 0 references');
  assert.deepEqual(remarks(last), [{ text: 'a2, x and y would be destroyed: this is the last reference.', bad: true }]);
});

test('a loop is refused with its way', () => {
  const loop = { ...told, loop: ['site', 'pool_a', 'site'], loop_ids: [10, 7, 10], refused: 'This would close a loop.' };
  assert.equal(title(loop), 'Slot 2 of pool_a cannot point at c1');
  assert.deepEqual(remarks(loop), [{ text: 'This would close a loop: site → pool_a → site.', bad: true }]);
  assert.deepEqual(effects(loop), []);
  assert.ok(!possible(loop));
});

test('what is there already is nothing to agree to', () => {
  const same = { ...told, from: effect('c1', 6, 2, 2), to: effect('c1', 6, 2, 2) };
  assert.deepEqual(remarks(same), [{ text: 'The slot points at c1 already.', bad: false }]);
  assert.equal(effects(same).length, 1);
  assert.ok(!possible(same));
});

test('the bar says what is carried and where to', () => {
  assert.equal(carrying({ of: 'pool_a', slot: 2, holds: 'a2' }), 'Carrying pool_a slot 2 (a2): click the director it should point at, or Esc.');
  assert.match(carrying({ of: 'pool_a', slot: 0, holds: '' }), /^Carrying pool_a: click the director that should get it/);
});
