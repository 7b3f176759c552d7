import { cliRoutes } from './copycli.js';
import { goRoutes } from './copygo.js';
import { words } from './quote.js';

/**
 * A command as the API knows it.
 *
 * @typedef {object} Command
 * @property {string} method
 * @property {string} path below the instance: "/directors/boot.a1"
 * @property {object} [body] what becomes JSON
 */

/**
 * Says one command in the three languages in which it can be given besides the page.
 *
 * @param {Command} command
 * @param {{board: string, api: string}} place the absolute URLs of the board and
 *   of the instance's API
 * @returns {{curl: string, cli: string, go: string}}
 */
export function copyAs(command, { board, api }) {
  return { curl: curlOf(command, api), cli: cliOf(command, board), go: goOf(command) };
}

function curlOf({ method, path, body }, api) {
  const args = ['curl'];
  if (method !== 'GET') args.push('-X', method);
  if (body) args.push('-H', 'Content-Type: application/json', '-d', JSON.stringify(body));
  return words([...args, api + path]);
}

function cliOf({ method, path, body = {} }, board) {
  const said = routed(cliRoutes, method, path, body) ?? 'callboard has no command for this';
  if (typeof said === 'string') return `# ${said}: use curl.`;
  const [args, flags = []] = said;
  const [name, ...rest] = args;
  const all = ['callboard', name];
  // What begins with a dash is an argument only after two of them.
  if (rest.some((word) => word.startsWith('-'))) all.push(...flags, '--url', board, '--', ...rest);
  else all.push(...rest, ...flags, '--url', board);
  return words(all);
}

function goOf({ method, path, body = {} }) {
  const said = routed(goRoutes, method, path, body) ?? 'package director has no call for this';
  if (typeof said === 'string') return `// ${said}: use curl.`;
  return [header(said), ...said].join('\n');
}

/** The line before a snippet: what the reader's program has to have. */
function header(lines) {
  const used = ['context', 'director', 'director/backend', 'director/lb', 'fmt', 'net/http', 'os', 'strconv', 'time'];
  const text = lines.join('\n').replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const imports = used.filter((name) => new RegExp(`\\b${name.split('/').at(-1)}\\.`).test(text));
  const needs = imports.length ? `, and imports ${imports.join(', ')}` : '';
  return `// In a function that returns an error, has rt *director.Runtime${needs}:`;
}

/** Calls what stands in a table of routes for a method and a path. */
function routed(routes, method, path, body) {
  for (const [route, say] of Object.entries(routes)) {
    const params = match(route, `${method} ${path}`);
    if (params) return say(params, body);
  }
  return null;
}

/**
 * @param {string} route "PUT /vcls/{v}/default"
 * @param {string} text a method and an escaped path
 * @returns {object|null} the parts of the path that have names, unescaped
 */
export function match(route, text) {
  const names = route.split('/');
  const parts = text.split('/');
  if (names.length !== parts.length) return null;
  const params = {};
  for (const [i, name] of names.entries()) {
    if (name.startsWith('{')) params[name.slice(1, -1)] = decodeURIComponent(parts[i]);
    else if (name !== parts[i]) return null;
  }
  return params;
}

