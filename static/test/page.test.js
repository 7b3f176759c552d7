import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { openPage } from '../js/page.js';

function stage() {
  const main = { dataset: { epoch: 'e1', seq: '5' } };
  return openPage({ getElementById: () => main });
}

test('waits for its own event', async () => {
  const page = stage();
  const order = [];
  const done = page.reached(7).then((came) => order.push(`reached ${came}`));
  page.advance(6);
  await Promise.resolve();
  order.push('6');
  page.advance(8);
  await done;
  assert.deepEqual(order, ['6', 'reached true']);
});

test('what is shown already is not waited for', async () => {
  assert.equal(await stage().reached(5), true);
});

test('does not wait for ever', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const came = stage().reached(9, 1000);
  mock.timers.tick(1000);
  assert.equal(await came, false);
  mock.timers.reset();
});

test('becomes that of another view', () => {
  const page = stage();
  page.become('?q=a', 'e2', 9);
  assert.deepEqual([page.search, page.epoch, page.seq], ['?q=a', 'e2', 9]);
});
