import assert from 'node:assert/strict';
import test from 'node:test';
import { applyOps } from '../js/patch.js';
import { FakeElement, fakeDocument, ids } from './fake.js';

function stage() {
  const list = new FakeElement('list', [new FakeElement('a'), new FakeElement('b')]);
  return { list, doc: fakeDocument(new FakeElement('root', [list])) };
}

test('inserts before, at the end and first', () => {
  const { list, doc } = stage();
  applyOps([
    { op: 'insert', id: 'c', parent: 'list', before: 'b', html: '#c' },
    { op: 'insert', id: 'd', parent: 'list', html: '#d' },
    { op: 'prepend', id: 'e', parent: 'list', html: '#e' },
  ], doc);
  assert.deepEqual(ids(list), ['e', 'a', 'c', 'b', 'd']);
});

test('the same patch twice is the same as once', () => {
  const { list, doc } = stage();
  const ops = [
    { op: 'remove', id: 'b' },
    { op: 'insert', id: 'c', parent: 'list', before: 'a', html: '#c' },
    { op: 'prepend', id: 'e', parent: 'list', html: '#e' },
    { op: 'replace', id: 'a', html: '#a' },
    { op: 'attrs', id: 'a', attrs: { 'data-x': '3' } },
  ];
  applyOps(ops, doc);
  const once = ids(list);
  applyOps(ops, doc);
  assert.deepEqual(ids(list), once);
  assert.deepEqual(once, ['e', 'c', 'a']);
  assert.equal(doc.getElementById('a').attributes['data-x'], '3');
});

test('patches that come again after later ones lead to what those led to', () => {
  const { list, doc } = stage();
  const patches = [
    [{ op: 'replace', id: 'a', html: '#a' }, { op: 'insert', id: 'c', parent: 'list', before: 'a', html: '#c' }],
    [{ op: 'attrs', id: 'a', attrs: { 'data-x': '3' } }, { op: 'remove', id: 'a' }, { op: 'remove', id: 'c' }],
  ];
  for (const ops of patches) applyOps(ops, doc);
  assert.deepEqual(ids(list), ['b']);
  for (const ops of patches) applyOps(ops, doc, { again: true });
  assert.deepEqual(ids(list), ['b']);
});

test('what goes into a drawing is parsed inside of one', () => {
  const { list, doc } = stage();
  applyOps([{ op: 'insert', id: 'p', parent: 'list', html: '<path#p' }], doc);
  assert.deepEqual(ids(list), ['a', 'b', 'p']);
});

test('removal is left to who shows ghosts', () => {
  const { list, doc } = stage();
  const left = [];
  applyOps([{ op: 'remove', id: 'a' }], doc, { leave: (element) => left.push(element.id) });
  assert.deepEqual([left, ids(list)], [['a'], ['a', 'b']]);
});

for (const [name, op] of Object.entries({
  'an unknown verb': { op: 'morph', id: 'a' },
  'a verb of the language': { op: 'constructor', id: 'a' },
  'a replacement of nothing': { op: 'replace', id: 'x', html: '#x' },
  'attributes of nothing': { op: 'attrs', id: 'x', attrs: {} },
  'a parent that is not there': { op: 'insert', id: 'x', parent: 'y', html: '#x' },
  'a neighbour that is not there': { op: 'insert', id: 'x', parent: 'list', before: 'y', html: '#x' },
})) {
  test(`${name} is an error`, () => {
    assert.throws(() => applyOps([op], stage().doc), /^Error: patch: /);
  });
}
