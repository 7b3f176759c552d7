import assert from 'node:assert/strict';
import test from 'node:test';
import { open } from '../js/show.js';

function board() {
  const place = { shown: null, replaceChildren: (...children) => (place.shown = children) };
  const doc = { getElementById: (id) => (id === 'tried-1' ? place : null), importNode: (node) => node };
  return { place, show: open({ doc }) };
}

function page(href) {
  const link = { href, getAttribute: () => link.href, setAttribute: (_, value) => (link.href = value) };
  const answer = {
    link,
    id: 'answer',
    querySelectorAll: () => [link],
    querySelector: () => ({ textContent: 'a1 answered: 200 in 3.0 ms' }),
    removeAttribute: () => delete answer.id,
  };
  return answer;
}

const sent = (over) => ({ ok: true, status: 200, url: 'http://board.test/x/api/v1/instances/demo/directors/@1/try', text: async () => '', ...over });

test('the answer is shown beside the form, with links from the page that is open', async () => {
  const { place, show } = board();
  const answer = page('../../../../../../i/demo/?face=outline&select=boot.a1');
  const asked = [];
  const said = await show({
    action: 'try',
    body: 'requests=1',
    into: 'tried-1',
    fetch: async (...args) => asked.push(args) && sent(),
    parse: () => ({ getElementById: () => answer }),
  });
  assert.equal(said, 'a1 answered: 200 in 3.0 ms');
  assert.deepEqual(place.shown, [answer]);
  assert.equal(answer.link.href, '?face=outline&select=boot.a1');
  assert.equal(answer.id, undefined, 'two answers would have one id');
  const [[action, { method, headers, body }]] = asked;
  assert.deepEqual([action, method, body], ['try', 'POST', 'requests=1']);
  assert.match(headers.Accept, /^application\/problem\+json, text\/html/);
});

test('a refusal throws the problem, and takes the answer before away', async () => {
  const { place, show } = board();
  place.shown = ['old'];
  const problem = { detail: 'requests: 1 to 1,000', errors: [{ field: 'requests', detail: '1 to 1,000' }] };
  const fetch = async () => sent({ ok: false, status: 422, json: async () => problem });
  await assert.rejects(show({ action: 'try', into: 'tried-1', fetch }), (thrown) => thrown.errors === problem.errors);
  assert.deepEqual(place.shown, []);
});

test('a line that is down, and an answer that is none, are said', async () => {
  const { show } = board();
  const offline = async () => {
    throw new TypeError('failed');
  };
  await assert.rejects(show({ action: 'try', into: 'tried-1', fetch: offline }), { detail: /^Offline/ });
  const parse = () => ({ getElementById: () => null });
  await assert.rejects(show({ action: 'try', into: 'tried-1', fetch: async () => sent(), parse }), { detail: /cannot be read/ });
});
