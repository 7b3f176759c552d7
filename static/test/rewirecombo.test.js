import assert from 'node:assert/strict';
import test from 'node:test';
import { openCombo } from '../js/rewirecombo.js';

/** An element that has what a combobox needs of one. */
class Element extends EventTarget {
  attributes = {};
  children = [];
  value = '';

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  removeAttribute(name) {
    delete this.attributes[name];
  }

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  scrollIntoView() {}
}

/** A combobox whose answers come when the test lets them, and nothing waits for a pause. */
function opened() {
  const [input, list, answers] = [new Element(), new Element(), []];
  const view = { setTimeout: (ask) => (ask(), 0), clearTimeout() {} };
  const doc = { defaultView: view, createElement: () => new Element() };
  const find = () => new Promise((resolve) => answers.push(resolve));
  const combo = openCombo({ doc, input, list, find, changed() {} });
  const type = (text) => {
    input.value = text;
    input.dispatchEvent(new Event('input'));
  };
  const press = (key) => input.dispatchEvent(Object.assign(new Event('keydown', { cancelable: true }), { key, code: key }));
  const answer = async (...names) => {
    answers.shift()(names.map((name) => ({ value: `@${name}`, name, note: '' })));
    await new Promise(setImmediate);
  };
  return { combo, input, list, type, press, answer };
}

for (const [what, close] of Object.entries({
  chosen: ({ press }) => press('Enter'),
  'given up': ({ press }) => press('Escape'),
  left: ({ input }) => input.dispatchEvent(new Event('blur')),
  cleared: ({ combo }) => combo.clear(),
})) {
  test(`an answer that comes after the list was ${what} does not open it again`, async () => {
    const c = opened();
    c.type('a');
    await c.answer('a1', 'a2');
    assert.equal(c.list.hidden, false);
    c.type('a2');
    close(c);
    await c.answer('a2');
    assert.equal(c.list.hidden, true);
    assert.equal(c.input.attributes['aria-expanded'], 'false');
  });
}

test('what was chosen stays chosen, whatever is still on its way', async () => {
  const c = opened();
  c.type('a');
  await c.answer('a1', 'a2');
  c.type('a1');
  c.press('Enter');
  await c.answer('b1');
  assert.equal(c.combo.value, '@a1');
  assert.equal(c.input.value, 'a1');
});
