import assert from 'node:assert/strict';
import test from 'node:test';
import { openNews } from '../js/news.js';

/** An element as news.js sees it. */
function element(kind, dataset = {}) {
  const attributes = new Set();
  return {
    dataset,
    classList: { contains: (name) => name === kind },
    hasAttribute: (name) => attributes.has(name),
    setAttribute: (name) => attributes.add(name),
    removeAttribute: (name) => attributes.delete(name),
    querySelector: () => ({ textContent: 'b1 became sick', querySelector: () => ({ textContent: 'b1' }) }),
  };
}

function stage() {
  const said = [];
  const timers = [];
  const arrived = openNews(({ text }) => said.push(text), (run) => timers.push(run));
  return { said, timers, arrived, flashes: (e) => e.hasAttribute('data-news') };
}

test('a state that flipped flashes for a moment, one that did not does not', () => {
  const { timers, arrived, flashes } = stage();
  const flipped = element('face', { health: 'sick', phase: 'live' });
  const same = element('face', { health: 'sick', phase: 'live' });
  arrived(flipped, { health: 'healthy', phase: 'live' });
  arrived(same, { health: 'sick', phase: 'live' });
  assert.deepEqual([flashes(flipped), flashes(same)], [true, false]);
  timers[0]();
  assert.equal(flashes(flipped), false);
});

test('an event that came is said, one that is said anew is not', () => {
  const { said, arrived } = stage();
  arrived(element('event'), null);
  arrived(element('event'), {});
  assert.deepEqual(said, ['b1 became sick']);
});

test('only so many flash at a time', () => {
  const { timers, arrived, flashes } = stage();
  const events = Array.from({ length: 20 }, () => element('event'));
  for (const e of events) arrived(e, null);
  assert.equal(events.filter(flashes).length, 12);
  for (const run of timers.splice(0)) run();
  const next = element('event');
  arrived(next, null);
  assert.ok(flashes(next));
});
