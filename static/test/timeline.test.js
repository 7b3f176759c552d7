import assert from 'node:assert/strict';
import test from 'node:test';
import { nearest, step } from '../js/lanegrid.js';
import { eventsOf, linesOf } from '../js/ndjson.js';
import { lanesURL, pausedWords, resumedWords, spanFor } from '../js/timeline.js';

test('a click belongs to the nearest event', () => {
  assert.equal(nearest([7, 35, 49], 0), 0);
  assert.equal(nearest([7, 35, 49], 40), 1);
  assert.equal(nearest([7, 35, 49], 500), 2);
  assert.equal(nearest([], 5), -1);
});

test('arrow keys stay within a lane, and pass over lanes without events', () => {
  const lanes = [[7, 21, 63], [], [35, 49]];
  const from = { lane: 0, index: 1 };
  assert.deepEqual(step(lanes, from, 'ArrowRight'), { lane: 0, index: 2 });
  assert.deepEqual(step(lanes, { lane: 0, index: 2 }, 'ArrowRight'), { lane: 0, index: 2 });
  assert.deepEqual(step(lanes, from, 'Home'), { lane: 0, index: 0 });
  assert.deepEqual(step(lanes, from, 'End'), { lane: 0, index: 2 });
  assert.deepEqual(step(lanes, from, 'ArrowDown'), { lane: 2, index: 0 });
  assert.deepEqual(step(lanes, { lane: 2, index: 1 }, 'ArrowUp'), { lane: 0, index: 2 });
  assert.deepEqual(step(lanes, from, 'ArrowUp'), from);
  assert.equal(step(lanes, from, 'x'), null);
});

test('the address has the view of the page in it', () => {
  const window = { kind: 'health', before: 0, span: 200, event: 12 };
  assert.equal(lanesURL('?q=a+b&event=3&before=9', window), 'timeline?q=a+b&event=12&kind=health&span=200&only=lanes');
});

test('a pause says what it keeps back, and that it is all there again', () => {
  assert.equal(pausedWords(120, 1), 'paused at #120, 1 newer event');
  assert.equal(pausedWords(120, 14), 'paused at #120, 14 newer events');
  assert.equal(resumedWords(120, 134, 1), '14 events came meanwhile');
  assert.equal(resumedWords(120, 134, 121), '14 events came meanwhile');
  assert.equal(resumedWords(120, 134, 125), '14 events came meanwhile; 4 of them are not known any more');
  assert.equal(spanFor(14), 200);
  assert.equal(spanFor(300), 320);
  assert.equal(spanFor(5000), 1000);
});

test('what is copied are the events that are shown, page by page', async () => {
  const asked = [];
  const get = async (url) => {
    asked.push(url);
    const { after, limit } = Object.fromEntries(new URL(url, 'http://x').searchParams);
    const seqs = Array.from({ length: Number(limit) }, (_, i) => Number(after) + 1 + i);
    return { seq: seqs.at(-1), events: seqs.map((seq) => ({ seq })) };
  };
  const events = await eventsOf('/api', [5, 7, 12000], get);
  assert.deepEqual(events, [{ seq: 5 }, { seq: 7 }, { seq: 12000 }]);
  assert.deepEqual(asked, ['/api/events?after=4&limit=10000', '/api/events?after=10004&limit=1996']);
  assert.equal(linesOf(events), '{"seq":5}\n{"seq":7}\n{"seq":12000}\n');
});

test('what is not known any more is left out, once', async () => {
  let times = 0;
  const get = async () => ({ seq: (times += 1) && 4, events: [] });
  assert.deepEqual(await eventsOf('/api', [5, 6], get), []);
  assert.equal(times, 1);
});
