import assert from 'node:assert/strict';
import test from 'node:test';
import { divide, filtersFor, meansFor } from '../js/palettequery.js';

test('divides what is to be done from the name', () => {
  const found = {
    'delete a2': { does: 'delete', who: ['a2'] },
    'a2 delete': { does: 'delete', who: ['a2'] },
    'sick b1': { does: 'sick', who: ['b1'] },
    'del Pool_A': { does: 'del', who: ['Pool_A'] },
    'Health: sick b1': { does: 'health sick', who: ['b1'] },
    'a2': null,
    'sick': null,
    'Health: sick': null,
    'de a2': null, // two letters are the beginning of a name as well
    '': null,
  };
  for (const [query, want] of Object.entries(found)) assert.deepEqual(divide(query), want, query);
});

test('asks nothing that the filter of the API refuses', () => {
  const asked = {
    'a2': ['name:a2', 'a2'],
    'pool sick': ['name:pool', 'name~pool'],
    'random a': ['random a'],
    'Health: sick': ['name~Health: sick'],
    'delete a2': ['name:a2', 'name~a2'],
    'health:': ['name:health:', 'name~health:'],
    'refs>': ['name:refs>', 'name~refs>'],
    '-': ['name:-', 'name~-'],
    '-sick a': ['name~-sick a'],
    '"': [],
    '"a2"': ['name:a2', 'a2'],
    ' ': [],
  };

  for (const [query, want] of Object.entries(asked)) assert.deepEqual(filtersFor(query), want, query);
});

test('what is meant for another director is not offered for the selected one', () => {
  const item = { words: 'Health: sick', group: 'boot.b10' };
  for (const [query, want] of Object.entries({ sick: true, 'sick b10': true, 'sick boot.B10': true, 'sick b1': false, 'sick b': false, 'Health: sick': true })) {
    assert.equal(meansFor(query)(item), want, query);
  }
  assert.equal(meansFor('sick show')({ words: 'Show only what is sick', group: 'Board' }), true);
});
