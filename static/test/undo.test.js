import assert from 'node:assert/strict';
import test from 'node:test';
import { open } from '../js/undo.js';

/** Undoes in a page that shows back, and tells what came of it. */
async function undoing(answer, back) {
  const told = [];
  const element = () => ({ lines: [], append(line) { this.lines.push(line.textContent); }, focus() { told.push('focus'); } });
  const doc = {
    getElementById: (id) => (id === 'inspector' ? element() : { append: ({ lines }) => told.push(id, ...lines) }),
    createElement: element,
  };
  const go = async (href) => told.push(href);
  await open({ doc, go, announce: (sentence) => told.push(sentence) })(answer, back);
  return told;
}

test('goes to the new director and says that it is new', async () => {
  const answer = { director: { id: 31, name: 'pool_a' }, note: 'boot.pool_a is a new director (@31)', left_out: [] };
  assert.deepEqual(await undoing(answer, '?face=outline&select=boot.pool_a'), [
    'pool_a is back as a new director (@31)',
    '?face=outline&select=%4031', 'head-31', 'boot.pool_a is a new director (@31).',
  ]);
});

test('says what is not as it was', async () => {
  const left = [
    { what: 'slot', director: 'boot.top', slot: 2, reason: 'it points at boot.c1 now' },
    { what: 'default', director: 'boot', reason: 'it points at boot.c1 now' },
  ];
  const told = await undoing({ director: { id: 31, name: 'pool_a' }, note: 'new', left_out: left }, './');
  assert.equal(told[0], 'pool_a is back as a new director (@31). ' +
    'Not put back: slot 2 of boot.top, it points at boot.c1 now. Not put back: the default of boot, it points at boot.c1 now');
  assert.equal(told[1], '?select=%4031');
});

test('says which slot is another one now', async () => {
  const rewired = [{ kind: 'member', director: 'boot.site', slot: 4, was: 1 }, { kind: 'member', director: 'boot.top', slot: 2 }];
  const told = await undoing({ director: { id: 31, name: 'pool_a' }, note: 'new', left_out: [], rewired }, './');
  assert.deepEqual(told.slice(-2), ['new.', 'In boot.site it is in slot 4 now, behind the others; it was in slot 1.']);
});
