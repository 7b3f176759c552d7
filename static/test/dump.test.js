import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from '../js/dump.js';

function stage(response) {
  const place = { hidden: true, textContent: '' };
  const asked = [];
  const doc = { getElementById: (id) => (id === 'dump-text-17' ? place : null) };
  const load = open({ doc }, async (href) => {
    asked.push(href);
    return response();
  });
  const details = (id) => ({ dataset: { dump: id }, querySelector: () => ({ href: 'http://board/dump' }) });
  return { place, asked, load, details };
}

test('a dump is loaded each time that it is opened', async () => {
  const { place, asked, load, details } = stage(() => ({ ok: true, text: async () => 'conn: 0' }));
  await load(details('dump-text-17'));
  await load(details('dump-text-17'));
  assert.deepEqual(asked, ['http://board/dump', 'http://board/dump']);
  assert.deepEqual(place, { hidden: false, textContent: 'conn: 0' });
});

test('what went wrong is said where the dump would be', async () => {
  const { place, load, details } = stage(() => ({ ok: false, json: async () => ({ detail: 'there is no a1' }) }));
  await load(details('dump-text-17'));
  assert.equal(place.textContent, 'Not loaded: there is no a1');
});

test('a dump that comes too late is not shown', async () => {
  const { place, load, details } = stage(() => ({ ok: true, text: async () => 'conn: 0' }));
  await load(details('dump-text-4'));
  assert.equal(place.hidden, true);
});
