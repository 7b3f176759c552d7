import assert from 'node:assert/strict';
import test from 'node:test';
import { find, heir, parentOf, siblings, step, together } from '../js/treekeys.js';

/** cache(a1 a2), shut(…), site(pool(b1), c1), web10 */
const lines = [
  ['cache', 1, true], ['a1', 2, null], ['a2', 2, null], ['shut', 1, false], ['site', 1, true],
  ['pool', 2, true], ['b1', 3, null], ['c1', 2, null], ['web10', 1, null],
].map(([name, depth, open]) => ({ id: name, name, depth, open }));
const grid = { lines, cells: () => 6, page: 4 };
const at = (name) => lines.findIndex((line) => line.name === name);

for (const [key, from, cell, want] of [
  ['ArrowDown', 'a2', -1, { at: 3, cell: -1 }],
  ['ArrowDown', 'web10', -1, { at: 8, cell: -1 }],
  ['ArrowUp', 'a1', 2, { at: 0, cell: 2 }],
  ['ArrowUp', 'cache', -1, { at: -1, cell: 0 }],
  ['PageDown', 'a1', -1, { at: 5, cell: -1 }],
  ['PageUp', 'a2', -1, { at: 0, cell: -1 }],
  ['Home', 'site', -1, { at: 0, cell: -1 }],
  ['Home', 'site', 3, { at: 4, cell: 0 }],
  ['End', 'site', 3, { at: 4, cell: 5 }],
  ['End', 'site', -1, { at: 8, cell: -1 }],
  ['Ctrl+Home', 'site', 3, { at: 0, cell: 3 }],
  ['Ctrl+End', 'site', 3, { at: 8, cell: 3 }],
  ['ArrowRight', 'shut', -1, { at: 3, cell: -1, act: 'open' }],
  ['ArrowRight', 'site', -1, { at: 4, cell: 0 }],
  ['ArrowRight', 'a1', -1, { at: 1, cell: 0 }],
  ['ArrowRight', 'a1', 5, { at: 1, cell: 5 }],
  ['ArrowLeft', 'a1', 1, { at: 1, cell: 0 }],
  ['ArrowLeft', 'a1', 0, { at: 1, cell: -1 }],
  ['ArrowLeft', 'site', -1, { at: 4, cell: -1, act: 'shut' }],
  ['ArrowLeft', 'c1', -1, { at: 4, cell: -1 }],
  ['ArrowLeft', 'shut', -1, null],
  ['F1', 'site', -1, null],
]) {
  test(`${key} on ${from}${cell < 0 ? '' : `, cell ${cell}`}`, () => {
    assert.deepEqual(step(key, { at: at(from), cell }, grid), want);
  });
}

test('the heads stand above the first line', () => {
  assert.deepEqual(step('ArrowRight', { at: -1, cell: 5 }, grid), { at: -1, cell: 5 });
  assert.deepEqual(step('ArrowLeft', { at: -1, cell: 0 }, grid), { at: -1, cell: 0 });
  assert.deepEqual(step('End', { at: -1, cell: 0 }, grid), { at: -1, cell: 5 });
  assert.deepEqual(step('ArrowDown', { at: -1, cell: 4 }, grid), { at: 0, cell: -1 });
  assert.equal(step('ArrowUp', { at: -1, cell: 4 }, grid), null);
});

test('a line that has fewer cells is entered at its last', () => {
  assert.deepEqual(step('ArrowDown', { at: 0, cell: 4 }, { ...grid, cells: () => 2 }), { at: 1, cell: 1 });
});

test('parents and siblings', () => {
  assert.equal(parentOf(lines, at('b1')), at('pool'));
  assert.equal(parentOf(lines, at('site')), -1);
  assert.deepEqual(siblings(lines, at('c1')), [at('pool'), at('c1')]);
  assert.deepEqual(siblings(lines, at('web10')), [0, 3, 4, 8]);
});

test('names are found by what they begin with', () => {
  assert.equal(find(lines, at('cache'), 'c'), at('c1'));
  assert.equal(find(lines, at('c1'), 'cc'), at('cache'));
  assert.equal(find(lines, at('cache'), 'C1'), at('c1'));
  assert.equal(find(lines, at('c1'), 'c1'), at('c1'));
  assert.equal(find(lines, at('a1'), 'web1'), at('web10'));
  assert.equal(find(lines, -1, 'x'), -1);
});

for (const [gone, left, want] of [
  ['a1', ['cache', 'a2', 'shut'], 'a2'],
  ['a2', ['cache', 'a1', 'shut'], 'a1'],
  ['pool', ['site', 'c1'], 'c1'],
  ['b1', ['pool'], 'pool'],
  ['b1', ['site', 'c1'], 'c1'],
  ['b1', ['site'], 'site'],
  ['b1', ['web10'], 'web10'],
  ['cache', [], ''],
  ['nobody', ['cache'], ''],
]) {
  test(`where only ${left.join(', ')} is left, ${want || 'nobody'} follows ${gone}`, () => {
    assert.equal(heir(lines, gone, (id) => left.includes(id)), want);
  });
}

test('links that open a branch each become one that opens all', () => {
  assert.equal(together(['?open=a%2Cb&q=x', '?open=a%2Cc&q=x']), '?open=a%2Cb%2Cc&q=x');
  assert.equal(together(['?shut=a%2Cc', '?shut=b%2Cc']), '?shut=c');
  assert.equal(together(['?shut=a', '?shut=b']), './');
  assert.equal(together(['./']), './');
});
