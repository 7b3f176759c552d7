import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { copyAs, match } from '../js/copyas.js';
import { cliRoutes } from '../js/copycli.js';
import { goRoutes } from '../js/copygo.js';
import { commandOf } from '../js/formbody.js';
import { shell } from '../js/quote.js';

const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
// The same texts are run and compiled by the tests of cmd/callboard.
const { place, commands } = JSON.parse(read('copyas.json'));

test('a command in three languages', () => {
  for (const { method, path, body, curl, cli, go } of commands) {
    assert.deepEqual(copyAs({ method, path, body }, place), { curl, cli, go: go.join('\n') });
  }
});

const server = new URL('../../server/routes.go', import.meta.url);

test('every command of the API can be copied', { skip: !existsSync(server) && 'away from the server' }, () => {
  const routes = [...readFileSync(server, 'utf8').matchAll(/r\.(Post|Put|Delete)\(api\+"([^"]+)"/g)];
  assert.ok(routes.length >= 17, `got ${routes.length} routes, want them all`);
  for (const [, method, path] of routes) {
    const route = `${method.toUpperCase()} ${path}`;
    assert.ok(Object.hasOwn(cliRoutes, route), `no words of callboard for ${route}`);
    assert.ok(Object.hasOwn(goRoutes, route), `no Go for ${route}`);
    assert.ok(commands.some((one) => match(route, `${one.method} ${one.path}`)), `${route} is not in copyas.json`);
  }
});

test('a command that nobody has heard of can at least be sent', () => {
  assert.deepEqual(copyAs({ method: 'POST', path: '/applause', body: { loud: true } }, place), {
    curl: `curl -X POST -H 'Content-Type: application/json' -d '{"loud":true}' ${place.api}/applause`,
    cli: '# callboard has no command for this: use curl.',
    go: '// package director has no call for this: use curl.',
  });
});

test('a word of a shell', () => {
  const words = {
    'boot.a1': 'boot.a1', '@17': '@17', '': "''", 'a b': "'a b'", '~': "'~'", '=ls': "'=ls'", '$HOME': "'$HOME'",
    'a*': "'a*'", "it's": `'it'\\''s'`, 'a\nb': "'a\nb'", '`x`': "'`x`'", '#1': "'#1'", 'x=1': 'x=1', 'é': "'é'",
  };
  for (const [text, want] of Object.entries(words)) assert.equal(shell(text), want);
});

test('what begins with a dash is still an argument', () => {
  const { cli } = copyAs({ method: 'PUT', path: '/health', body: { pattern: '-a*', admin: 'sick' } }, { ...place, board: 'http://b/' });
  assert.equal(cli, `callboard set-health --url http://b/ -- '-a*' sick`);
});

test('a member whose name has = in it is given with its weight', () => {
  const body = { name: 'r', type: 'random', members: [{ director: 'a=1' }, { director: 'a=1', weight: 2 }] };
  const { cli } = copyAs({ method: 'POST', path: '/directors', body }, { ...place, board: 'http://b/' });
  assert.match(cli, /--member a=1=1 --member a=1=2 /);
});

test('a number names no VCL that a member could be of', () => {
  const { go } = copyAs({ method: 'POST', path: '/directors/%4017/members', body: { director: 'a1' } }, place);
  assert.match(go, /rt\.Find\("@17"\)[^]*rt\.Find\("a1"\)/);
});

test('a form says what its button does', () => {
  const form = (path, fields) => commandOf(path, Object.entries(fields));
  assert.deepEqual(form('/health', { _method: 'PUT', _back: './', pattern: '@1', admin: 'sick' }), {
    method: 'PUT', path: '/health', body: { pattern: '@1', admin: 'sick' },
  });
  assert.deepEqual(form('/directors/@1', { _method: 'DELETE', _back: './' }), { method: 'DELETE', path: '/directors/@1', body: undefined });
  assert.deepEqual(form('/directors/@1/pins', { _back: './', note: '' }).body, undefined);
  assert.deepEqual(form('/step', { _method: 'PUT', on: 'false' }).body, { on: false });
  assert.deepEqual(form('/directors/@1/members', { director: 'a1', weight: '0.5' }).body, { director: 'a1', weight: 0.5 });
  for (const fields of [{ _method: 'PUT' }, { _method: 'PUT', director: '' }]) {
    assert.deepEqual(form('/vcls/boot/default', fields).body, { director: '' });
  }
});

test('the form for a new director leaves out what it leaves empty', () => {
  const backend = (probe) => commandOf('/directors', Object.entries({
    _back: './', type: 'backend', vcl: 'boot', name: 'a4', 'backend.host': '127.0.0.1', 'backend.port': '9001',
    'backend.probe.url': probe, 'backend.probe.interval': '1s', 'backend.probe.window': '', 'backend.max_connections': '',
  })).body.backend;
  assert.deepEqual(backend('/'), { host: '127.0.0.1', port: 9001, probe: { url: '/', interval: '1s' } });
  assert.deepEqual(backend(''), { host: '127.0.0.1', port: 9001 });
  assert.deepEqual(commandOf('/directors', Object.entries({
    type: 'random', name: 'r', 'members[0].director': 'a1', 'members[0].weight': '2', 'members[1].director': '',
    'members[1].weight': '1', 'members[2].director': 'a2', 'members[2].weight': '1', 'options.sticky': 'true', 'options.retries': '3',
  })).body, {
    type: 'random', name: 'r', members: [{ director: 'a1', weight: 2 }, { director: 'a2', weight: 1 }], options: { sticky: 'true', retries: '3' },
  });
});

test('the command that tries a probe, or a director, has what the form says of it', () => {
  assert.deepEqual(commandOf('/probe-test', Object.entries({ _back: './', type: 'backend', vcl: 'boot', name: 'd1', 'backend.host': 'h', 'backend.probe.url': '/' })), {
    method: 'POST', path: '/probe-test', body: { backend: { host: 'h', probe: { url: '/' } } },
  });
  assert.deepEqual(commandOf('/directors/boot.a1/try', Object.entries({ requests: '25', path: '/', method: 'GET', vary: 'path', dry: 'true' })).body, {
    requests: 25, path: '/', method: 'GET', vary: 'path', dry: true,
  });
});
