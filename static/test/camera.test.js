import assert from 'node:assert/strict';
import test from 'node:test';
import { centre, coordinate, fit, hold, lattice, level, limits, middle, opening, overflows, pan, zoomAt } from '../js/camera.js';

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

test('a coordinate is the sum of its terms', () => {
  assert.equal(coordinate('600 40 2'), 642);
  assert.equal(coordinate('0'), 0);
});

test('from afar less of a card is read', () => {
  assert.deepEqual([1, 0.82, 0.8, 0.36, 0.35, 0.05].map(level), ['card', 'card', 'badge', 'badge', 'tile', 'tile']);
});

test('a board whose names can be read is first seen as a whole', () => {
  assert.equal(opening({ width: 1600, height: 900 }, { width: 800, height: 600 }, [0]).k, 0.5);
});

test('a larger one is first seen at its roots, with whole columns', () => {
  const room = { width: 800, height: 600 };
  const camera = opening({ width: 1192, height: 9000 }, room, [100]);
  assert.equal(level(camera.k), 'card');
  assert.ok(camera.k * (2 * lattice.column + lattice.width) <= room.width || camera.k * (lattice.column + lattice.width) <= room.width);
  const root = camera.y + 100 * lattice.row * camera.k;
  assert.ok(root >= 0 && root + lattice.height * camera.k <= room.height);
});

test('on a phone it begins at the left edge with the first column whole', () => {
  const camera = opening({ width: 872, height: 2000 }, { width: 312, height: 400 }, [4]);
  assert.equal(camera.x, 0);
  assert.equal(level(camera.k), 'card');
  assert.ok(lattice.width * camera.k <= 312);
});

test('what is out of sight is known', () => {
  const [board, room] = [{ width: 500, height: 300 }, { width: 600, height: 400 }];
  assert.equal(overflows({ x: 0, y: 0, k: 1 }, board, room), false);
  assert.equal(overflows({ x: 0, y: 0, k: 2 }, board, room), true);
  assert.equal(overflows({ x: -200, y: 0, k: 1 }, board, room), true);
});

test('a point is put into the middle', () => {
  const camera = centre({ x: 9, y: 9, k: 0.5 }, { width: 400, height: 300 }, { x: 1000, y: 200 });
  assert.deepEqual(project(camera, { x: 1000, y: 200 }), { x: 200, y: 150 });
});

test('some of the board stays in sight', () => {
  const [board, room] = [{ width: 1000, height: 400 }, { width: 600, height: 300 }];
  assert.deepEqual(hold({ x: -200, y: -50, k: 1 }, board, room), { x: -200, y: -50, k: 1 });
  assert.deepEqual(hold({ x: -5000, y: 9000, k: 1 }, board, room), { x: 96 - 1000, y: 300 - 96, k: 1 });
  assert.deepEqual(hold({ x: 900, y: -900, k: 0.1 }, board, room), { x: 600 - 96, y: 0, k: 0.1 });
});

test('what is fitted stands in the middle, and what is larger than the room at its edge', () => {
  const room = { width: 600, height: 300 };
  assert.deepEqual(middle({ k: 0.5 }, { width: 400, height: 600 }, room), { x: 200, y: 0, k: 0.5 });
  assert.deepEqual(middle({ k: 1 }, { width: 800, height: 100 }, room), { x: 0, y: 100, k: 1 });
});

test('where the roots are in sight from the top it begins there', () => {
  assert.deepEqual(opening({ width: 1192, height: 9000 }, { width: 800, height: 600 }, [2]).y, 0);
});
