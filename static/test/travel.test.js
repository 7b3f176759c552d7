import assert from 'node:assert/strict';
import test from 'node:test';
import { openPage } from '../js/page.js';
import { near, travel, wayURL } from '../js/travel.js';
import { FakeElement, fakeDocument, ids } from './fake.js';

function stage(answer) {
  const main = new FakeElement('page', [new FakeElement('a')]);
  main.dataset = { epoch: 'e1', seq: '5' };
  const doc = fakeDocument(main);
  const page = openPage(doc, '?q=a');
  const asked = [];
  const journey = travel({
    page, to: '?select=b', doc, signal: new AbortController().signal,
    fetch: async (url) => {
      asked.push(url);
      return answer;
    },
    exit: { clear() {}, drop: (element) => element.remove() },
  });
  return { main, page, asked, journey };
}

test('says where it stands, and becomes the other page', async () => {
  const ops = [{ op: 'remove', id: 'a' }, { op: 'insert', id: 'b', parent: 'page', html: '#b' }];
  const { main, page, asked, journey } = stage({ status: 200, json: async () => ({ epoch: 'e2', seq: 7, ops }) });
  assert.equal(await journey, true);
  assert.deepEqual(asked, ['travel?select=b&from=q%3Da&epoch=e1&seq=5']);
  assert.deepEqual(ids(main), ['b']);
  assert.deepEqual([page.search, page.epoch, page.seq], ['?select=b', 'e2', 7]);
});

test('changes nothing where the server knows no way', async () => {
  const { main, page, journey } = stage({ status: 204 });
  assert.equal(await journey, false);
  assert.deepEqual(ids(main), ['a']);
  assert.deepEqual([page.search, page.seq], ['?q=a', 5]);
});

test('asks for no way to a page with other parts', () => {
  assert.ok(near('', '?q=a&select=b&panel=delete'));
  assert.ok(!near('', '?face=outline'));
  assert.ok(!near('?panel=add-random', ''));
  assert.ok(!near('', '?panel=add'));
});

test('keeps the whole query of the other view', () => {
  assert.equal(wayURL({ search: '', epoch: 'e', seq: 1 }, '?q=a%26b'), 'travel?q=a%26b&from=&epoch=e&seq=1');
});
