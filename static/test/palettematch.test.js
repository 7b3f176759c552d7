import assert from 'node:assert/strict';
import test from 'node:test';
import { match, rank } from '../js/palettematch.js';

/** The text with what matches in brackets. */
function marked(query, text) {
  const hit = match(query, text);
  if (!hit) return null;
  let out = '';
  let last = 0;
  for (const [from, to] of hit.marks) {
    out += `${text.slice(last, from)}[${text.slice(from, to)}]`;
    last = to;
  }
  return out + text.slice(last);
}

test('finds words, parts of words and scattered letters', () => {
  const found = {
    sick: 'Health: [sick]', SICK: 'Health: [sick]', 'sick hea': '[Hea]lth: [sick]', hs: '[H]ealth: [s]ick', alth: 'He[alth]: sick',
    'health: sick': '[Health:] [sick]', tl: null, xyz: null, 'sick xyz': null, '': 'Health: sick',
  };
  for (const [query, want] of Object.entries(found)) assert.equal(marked(query, 'Health: sick'), want, query);
});

test('a word is better than a part of one', () => {
  assert.equal(marked('a', 'boot.a1'), 'boot.[a]1');
  assert.equal(marked('in', 'Pinned in'), 'Pinned [in]');
  const order = (query, ...texts) => rank(texts.map((words) => ({ key: words, group: '', words })), query).map(({ words }) => words);
  assert.deepEqual(order('pin', 'Unpin', 'Let it spin', 'Pin it', 'Drop the pin'), ['Pin it', 'Drop the pin', 'Unpin', 'Let it spin']);
  assert.deepEqual(order('st', 'Something else today', 'Step mode'), ['Step mode', 'Something else today']);
});

const items = [
  { key: 'sick', group: 'boot.a1', words: 'Health: sick' },
  { key: 'pin', group: 'boot.a1', words: 'Pin it…' },
  { key: 'only', group: 'Board', words: 'Show only what is sick' },
  { key: 'fit', group: 'Board', words: 'Fit' },
];
const shown = (query, recent) => rank(items, query, recent).map(({ key, group }) => `${group} ${key}`);

test('groups stay together', () => {
  assert.deepEqual(shown('i'), ['boot.a1 pin', 'boot.a1 sick', 'Board only', 'Board fit']);
  assert.deepEqual(shown('sick'), ['boot.a1 sick', 'Board only']);
});

test('what was used last is first as long as nothing is typed', () => {
  assert.deepEqual(shown('', ['fit', 'gone']), ['Lately used fit', 'boot.a1 sick', 'boot.a1 pin', 'Board only']);
  assert.deepEqual(shown('p', ['fit']), ['boot.a1 pin']);
});
