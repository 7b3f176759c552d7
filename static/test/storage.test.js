import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { openStorage } from '../js/storage.js';

const folder = new URL('../js/', import.meta.url);

function refuse() {
  throw new DOMException('denied', 'SecurityError');
}

/** A browser's storage of so many texts. */
function room(places) {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      if (!kept.has(key) && kept.size >= places) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
  };
}

test('keeps what the browser keeps', () => {
  const browser = room(9);
  openStorage(() => browser).set('a', '1');
  assert.equal(openStorage(() => browser).get('a'), '1');
});

for (const [words, browser] of [['refuses to be asked', refuse], ['has none', () => null], ['is full', () => room(0)]]) {
  test(`remembers for as long as the page is open where the browser ${words}`, () => {
    const storage = openStorage(browser);
    assert.equal(storage.get('a'), null);
    storage.set('a', '1');
    assert.equal(storage.get('a'), '1');
    storage.set('a', '2');
    assert.equal(storage.get('a'), '2');
  });
}

test('what another page has kept is seen once the browser has room again', () => {
  const browser = room(1);
  browser.setItem('other', '1');
  const storage = openStorage(() => browser);
  storage.set('a', '1');
  browser.setItem = (key, value) => room(9).setItem(key, value);
  storage.set('a', '2');
  browser.getItem = () => '3';
  assert.equal(storage.get('a'), '3');
});

test('no other module asks the browser for its storage', () => {
  const others = readdirSync(folder).filter((name) => name !== 'storage.js' && name.endsWith('.js'));
  const found = others.filter((name) => /\b(local|session)Storage\b|document\.cookie|\bindexedDB\b/.test(readFileSync(new URL(name, folder), 'utf8')));
  assert.deepEqual(found, []);
});
