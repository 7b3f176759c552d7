import assert from 'node:assert/strict';
import test from 'node:test';
import { openLater } from '../js/later.js';

test('a module is loaded once, and opened with the board', async () => {
  const board = { doc: {} };
  const loaded = [];
  const later = openLater(board, async (name) => {
    loaded.push(name);
    return { open: (given) => ({ name, given }) };
  });
  const [one, two] = await Promise.all([later.use('palette'), later.use('palette')]);
  assert.deepEqual(loaded, ['palette']);
  assert.equal(one, two);
  assert.deepEqual(one.given, { ...board, use: later.use });
});

test('what failed is tried again', async (t) => {
  t.mock.method(console, 'error', () => {});
  let tries = 0;
  const later = openLater({ doc: {} }, async () => {
    tries += 1;
    if (tries === 1) throw new Error('offline');
    return { open: () => 'opened' };
  });
  await assert.rejects(later.use('palette'), /offline/);
  assert.equal(await later.use('palette'), 'opened');
});
