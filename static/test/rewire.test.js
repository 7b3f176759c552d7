import assert from 'node:assert/strict';
import test from 'node:test';
import { placeOf } from '../js/rewirecarry.js';
import { assign, changeOf, edgeOf, preview, undoing } from '../js/rewirechange.js';
import { best, turn } from '../js/rewirecombo.js';
import { endOf, spread } from '../js/rewirehandles.js';
import { curve } from '../js/rewirelayer.js';
import { steps } from '../js/rewireloop.js';
import { reach, verdicts } from '../js/rewiremarks.js';

/** site (4) → pool (3) → a1 (1), a2 (2). */
const edges = [
  { from: '4', to: '3', slot: '1' },
  { from: '3', to: '1', slot: '1' },
  { from: '3', to: '2', slot: '2' },
];
const cards = [['1', false], ['2', false], ['3', true], ['4', true], ['5', true]].map(([id, group]) => ({ id, group }));
const slot = { number: '@3', of: 'pool', slot: 2, holds: 'a2' };
const director = { number: '@3', of: 'pool', slot: 0, holds: '' };

test('what is reached goes down, or up', () => {
  assert.deepEqual([...reach(edges, '4')], ['4', '3', '1', '2']);
  assert.deepEqual([...reach(edges, '1', 'to', 'from')], ['1', '3', '4']);
});

test('a slot can point at anything but what leads to it', () => {
  assert.deepEqual(Object.fromEntries(verdicts(edges, cards, slot)), { 1: 'target', 2: 'held', 3: 'self', 4: 'loop', 5: 'target' });
});

test('a director can be given to those that take members and that it does not lead to', () => {
  const all = Object.fromEntries(verdicts(edges, cards, director));
  assert.deepEqual(all, { 1: 'leaf', 2: 'leaf', 3: 'self', 4: 'target', 5: 'target' });
  const site = Object.fromEntries(verdicts(edges, cards, { ...director, number: '@4' }));
  assert.equal(site[3], 'loop');
});

test('putting down points the slot at the place, or makes a member of it', () => {
  assert.deepEqual(changeOf(slot, '@1'), { holder: '@3', slot: 2, target: '@1' });
  assert.deepEqual(changeOf(director, '@5'), { holder: '@5', slot: 0, target: '@3' });
  assert.deepEqual(edgeOf(changeOf(director, '@5')), ['5', '3']);
});

test('the API is asked first, and told after', () => {
  const sent = [];
  const send = (url, options) => sent.push([url, options.method, options.body]);
  preview('api', changeOf(slot, '@1'), { send });
  preview('api', changeOf(director, 'boot.x/y'), { send });
  assign('api', changeOf(slot, '@1'), send);
  assign('api', changeOf(director, '@5'), send);
  assert.deepEqual(sent.map(([url, method]) => [url, method]), [
    ['api/directors/%403/assign-preview?slot=2&director=%401', 'GET'],
    ['api/directors/boot.x%2Fy/assign-preview?slot=&director=%403', 'GET'],
    ['api/directors/%403/members/2', 'PUT'],
    ['api/directors/%405/members', undefined],
  ]);
  assert.equal(sent[2][2].director, '@1');
});

test('what was done is taken back, unless something was destroyed', () => {
  const sent = [];
  const send = (url, options) => sent.push([url, options.method, options.body?.director]);
  const from = { id: 2, destroyed: false };
  undoing(changeOf(slot, '@1'), { from }, { seq: 9 })('api', send);
  undoing(changeOf(director, '@5'), { from: null }, { seq: 9, slot: 4 })('api', send);
  assert.deepEqual(sent, [
    ['api/directors/%403/members/2', 'PUT', '@2'],
    ['api/directors/%405/members/4', 'DELETE', undefined],
  ]);
  assert.equal(undoing(changeOf(slot, '@1'), { from: { id: 2, destroyed: true } }, { seq: 9 }), null);
});

test('handles of lines that end at one point stand one below the other', () => {
  assert.deepEqual(endOf('M0 36C44 36 276 124 320 124'), { x: 320, y: 124 });
  const shifts = (ends) => [...spread(ends).values()].map(({ shift }) => shift);
  assert.deepEqual(shifts([{ id: 'a', x: 1, y: 1 }, { id: 'b', x: 1, y: 1 }, { id: 'c', x: 1, y: 2 }]), [-13, 13, 0]);
});

test('a line that runs back goes over the cards', () => {
  assert.match(curve({ x: 0, y: 10 }, { x: 200, y: 50 }), /^M0 10C100 10 100 50 200 50$/);
  assert.match(curve({ x: 500, y: 100 }, { x: 0, y: 100 }), / 250 44C/);
});

test('a loop is a step from each director to the next', () => {
  assert.deepEqual(steps([7, 10, 7]), [['7', '10'], ['10', '7']]);
});

test('arrows go round the list, and typing means the nearest name', () => {
  assert.deepEqual([turn(-1, 3, 'ArrowDown'), turn(2, 3, 'ArrowDown'), turn(0, 3, 'ArrowUp'), turn(-1, 3, 'ArrowUp'), turn(-1, 0, 'ArrowDown')], [0, 0, 2, 2, -1]);
  const options = ['a10', 'b1', 'a1'].map((name) => ({ name }));
  assert.deepEqual(['a1', 'B', 'x', 'a'].map((text) => best(options, text)), [2, 1, 0, 0]);
});

test('a card is named by its number, a row as in its link', () => {
  const card = { id: 'card-17', hasAttribute: () => false };
  assert.equal(placeOf({ closest: () => card }), '@17');
  assert.equal(placeOf({ closest: () => null, getAttribute: () => '?face=outline&select=boot.a1' }), 'boot.a1');
});
