import assert from 'node:assert/strict';
import test from 'node:test';
import { fit, limits, pan, zoomAt } from '../js/camera.js';

/** Where a point of the board is in the window. */
const project = ({ x, y, k }, p) => ({ x: x + p.x * k, y: y + p.y * k });

test('zooming keeps the point under the pointer', () => {
  const camera = { x: 30, y: -20, k: 0.8 };
  const before = project(camera, { x: 100, y: 50 });
  const after = project(zoomAt(camera, 1.7, before), { x: 100, y: 50 });
  assert.ok(Math.abs(after.x - before.x) < 1e-9 && Math.abs(after.y - before.y) < 1e-9);
});

test('zooming stops at its limits', () => {
  assert.equal(zoomAt({ x: 0, y: 0, k: 1 }, 1000, { x: 5, y: 5 }).k, limits.max);
  assert.equal(zoomAt({ x: 0, y: 0, k: 1 }, 0.0001, { x: 5, y: 5 }).k, limits.min);
});

test('panning adds up', () => {
  assert.deepEqual(pan(pan({ x: 1, y: 2, k: 0.5 }, 10, 0), 0, -5), { x: 11, y: -3, k: 0.5 });
});

test('fitting shrinks what is too large and enlarges nothing', () => {
  assert.equal(fit({ width: 100, height: 50 }, { width: 400, height: 400 }).k, 1);
  assert.equal(fit({ width: 800, height: 50 }, { width: 400, height: 400 }).k, 0.5);
  assert.equal(fit({ width: 100, height: 1600 }, { width: 400, height: 400 }).k, 0.25);
  assert.equal(fit({ width: 100, height: 1600 }, { width: 400, height: 400 }, 0.6).k, 0.6);
  assert.deepEqual(fit({ width: 0, height: 0 }, { width: 400, height: 400 }), { x: 0, y: 0, k: 1 });
});
