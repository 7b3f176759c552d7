import assert from 'node:assert/strict';
import test from 'node:test';
import { openSelection } from '../js/treeselect.js';

/** Director 1 stands in two lines; what is folded has no number. */
const lines = [['r1', '1'], ['r2', '2'], ['r3', '3'], ['r4', '1'], ['fold', ''], ['r5', '5']].map(([id, director]) => ({ id, director }));

function stage() {
  const told = [];
  const selection = openSelection(() => told.push(selection.directors.join(' ')));
  return { selection, told };
}

test('a director that stands in two lines is selected once', () => {
  const { selection, told } = stage();
  selection.toggle(lines[0]);
  assert.equal(selection.size, 1);
  selection.toggle(lines[3]);
  assert.equal(selection.size, 0);
  assert.deepEqual(told, ['1', '']);
});

test('a range grows and shrinks from where it began', () => {
  const { selection, told } = stage();
  selection.extend(lines, 1, 2);
  selection.extend(lines, 2, 3);
  selection.extend(lines, 3, 2);
  selection.extend(lines, 2, 0);
  assert.deepEqual(told, ['2 3', '2 3 1', '2 3', '1 2']);
});

test('a range leaves what was selected before, and what is folded', () => {
  const { selection } = stage();
  selection.toggle(lines[0]);
  selection.settle();
  selection.extend(lines, 2, 5);
  assert.deepEqual(selection.directors, ['1', '3', '5']);
});

test('nothing is kept of what is not shown any more', () => {
  const { selection, told } = stage();
  selection.only(['1', '2']);
  selection.keep(new Set(['2', '3']));
  selection.keep(new Set(['2']));
  assert.deepEqual(told, ['1 2', '2']);
});
