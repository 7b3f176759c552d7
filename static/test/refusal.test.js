import assert from 'node:assert/strict';
import test from 'node:test';
import { reason } from '../js/refusal.js';

const doc = { location: { origin: 'https://board.example' }, querySelector: () => ({ content: 'the key' }) };

/** What the page makes of an answer. */
function of(status, answer, type = 'basic') {
  return reason(doc, async (url, { headers, redirect }) => {
    assert.deepEqual([url, redirect, headers['X-Callboard-Origin'], headers['X-Callboard-Key']], ['live?why', 'manual', 'https://board.example', 'the key']);
    return { status, ok: status >= 200 && status < 300, type, json: async () => JSON.parse(answer) };
  });
}

test('tells a refusal from an outage', async () => {
  for (const [what, kind, found] of [
    ['the board has nothing against it', 'none', await of(200, '{"detail":"Nothing.","mend":"Upgrade."}')],
    ['the board refuses', 'refused', await of(403, '{"status":403,"detail":"Another origin.","mend":"Allow it."}')],
    ['there is no seat', 'refused', await of(503, '{"status":503,"detail":"Too many."}')],
    ['a proxy without its board', 'outage', await of(502, '<html>')],
    ['a proxy that leads elsewhere', 'refused', await of(404, '<html>')],
    ['a page of somebody else', 'refused', await of(200, '<html>')],
    ['a login', 'refused', await of(0, '', 'opaqueredirect')],
    ['no line', 'outage', await reason(doc, async () => { throw new TypeError('Failed to fetch'); })],
  ]) {
    assert.equal(found.kind, kind, what);
    if (kind === 'refused') assert.ok(found.detail, what);
  }
  const { status, mend } = await of(403, '{"status":403,"detail":"Another origin.","mend":"Allow it."}');
  assert.deepEqual([status, mend], [403, 'Allow it.']);
});
