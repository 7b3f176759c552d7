import assert from 'node:assert/strict';
import test from 'node:test';
import { runAll } from '../js/bulk.js';
import { previewWords } from '../js/bulkdelete.js';

test('one that is refused does not stop the others', async () => {
  const progress = [];
  const answers = { 1: { seq: 7, undo: { id: 1 } }, 3: { seq: 9 } };
  const send = async (director) => answers[director] ?? Promise.reject({ detail: 'director boot.b1: already deleted' });
  const { seq, refused, undo } = await runAll(['1', '2', '3'], send, (n) => progress.push(n));
  assert.deepEqual(progress, [1, 2, 3]);
  assert.equal(seq, 9);
  assert.deepEqual(undo, [1]);
  assert.deepEqual(refused, [{ director: '2', words: 'director boot.b1: already deleted' }]);
});

test('says what deleting would do', () => {
  const held_by = [
    { kind: 'member', name: 'pool_a' }, { kind: 'task', name: '' }, { kind: 'task', name: '' },
    { kind: 'pin', name: '', id: 4 }, { kind: 'pin', name: 'lunch', id: 5 }, { kind: 'default', name: 'boot' },
  ];
  assert.deepEqual(previewWords({ releases: ['a1', 'a1'], destroys: [], lingers: [{ director: 'x', held_by, more: 2 }] }), [
    ['lets go of', 'a1'], ['destroys', 'nothing yet'],
    ['x lingers while held by', 'pool_a, a request, pin 4, pin “lunch”, the default of boot, 2 more'],
  ]);
  assert.deepEqual(previewWords({ releases: [], destroys: ['cache'], lingers: [] }), [['lets go of', 'nothing'], ['destroys', 'cache']]);
});
