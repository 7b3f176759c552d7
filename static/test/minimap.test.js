import assert from 'node:assert/strict';
import test from 'node:test';
import { dots, frame, most, scaleOf } from '../js/minimap.js';

test('the map of a board fits into its corner', () => {
  for (const board of [{ width: 3000, height: 500 }, { width: 600, height: 9000 }]) {
    const k = scaleOf(board);
    assert.ok(board.width * k.x <= most.width + 1e-9 && board.height * k.y <= most.height + 1e-9);
  }
});

test('a card is a dot at its middle', () => {
  assert.equal(dots([{ x: 0, y: 0 }, { x: 1, y: 2 }], { x: 0.5, y: 0.5 }), 'M58 18h0M218 62h0');
});

test('the frame is what the window shows', () => {
  assert.deepEqual(frame({ x: -100, y: 50, k: 0.5 }, { width: 400, height: 200 }, { x: 0.1, y: 0.1 }), { x: 20, y: -10, width: 80, height: 40 });
});
