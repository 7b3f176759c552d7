/**
 * What to tell the program callboard for each command of the API: its words and
 * its flags, or the reason why there is nothing to tell it.
 *
 * @type {Record<string, (params: object, body: object) => [string[], string[]?]|string>}
 */
export const cliRoutes = {
  'POST /directors': (_, body) => add(body),
  'DELETE /directors/{d}': ({ d }) => [['delete', d]],
  'GET /directors/{d}/delete-preview': ({ d }) => [['delete', d], ['--preview']],
  'POST /directors/{d}/members': ({ d }, { director, weight }) => [['assign', d, director], flag('weight', weight)],
  'PUT /directors/{d}/members/{slot}': ({ d, slot }, { director, weight }) => [
    director ? ['assign', d, director] : ['assign', d], ['--slot', slot, ...flag('weight', weight)],
  ],
  'DELETE /directors/{d}/members/{slot}': ({ d, slot }) => [['assign', d], ['--slot', slot, '--remove']],
  'POST /directors/{d}/pins': ({ d }, { note }) => [['pin', d], flag('note', note || undefined)],
  'DELETE /pins/{id}': ({ id }) => [['unpin', id]],
  'PUT /health': (_, { pattern, admin }) => [['set-health', pattern, admin]],
  'PUT /faults/{d}': () => 'callboard has no command that makes a backend fail',
  'POST /vcls': (_, { name }) => [['vcl', 'add', name]],
  'DELETE /vcls/{v}': ({ v }) => [['vcl', 'discard', v]],
  'PUT /vcls/{v}/temperature': ({ v }, { temperature }) => [['vcl', 'temperature', v, temperature]],
  'PUT /vcls/{v}/default': ({ v }, { director }) => [['vcl', 'default', v, director ?? '']],
  'PUT /labels/{label}': () => 'callboard has no command for labels',
  'DELETE /labels/{label}': () => 'callboard has no command for labels',
  'PUT /active': (_, { vcl }) => [['vcl', 'use', vcl]],
  'PUT /step': (_, { on }) => [['step', on ? 'on' : 'off']],
  'POST /step/next': (_, { director }) => [director ? ['step', 'next', director] : ['step', 'next']],
  'POST /undo/{id}': ({ id }) => [['undo', id]],
  'POST /directors/{d}/try': ({ d }, { requests, dry, concurrency, method, path, host, vary, headers = {} }) => [['try', d], [
    ...flag('n', requests), ...(isSet(dry) ? ['--dry'] : []), ...flag('concurrency', concurrency), ...flag('vary', vary || undefined),
    ...flag('method', method || undefined), ...flag('path', path || undefined), ...flag('host', host || undefined),
    ...Object.entries(headers).flatMap(([name, value]) => flag('header', `${name}: ${value}`)),
  ]],
  'POST /probe-test': () => 'callboard has no command that tries a probe',
};

/** Fields of forms are text. */
const isSet = (value) => value === true || value === 'true';

const flag = (name, value) => (value === undefined ? [] : [`--${name}`, String(value)]);

function add({ name, type, vcl, members = [], options = {}, backend = {} }) {
  const unsaid = unsayable(backend);
  if (unsaid.length) return `callboard add has no flag for ${unsaid.join(', ')}`;
  const flags = ['--type', type ?? 'backend', ...flag('vcl', vcl || undefined)];
  if (backend.host) flags.push('--backend', address(backend));
  flags.push(
    ...flag('socket', backend.path), ...flag('probe', backend.probe?.url), ...flag('max-connections', backend.max_connections),
  );
  for (const { director, weight } of members) {
    flags.push('--member', weight === undefined ? director : `${director}=${weight}`);
  }
  for (const [option, value] of Object.entries(options)) flags.push('--option', `${option}=${value}`);
  return [['add', name], flags];
}

const address = ({ host, port = 80 }) => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** What a backend may have that no flag can say. */
function unsayable({ probe = {}, ...backend }) {
  const beyond = (fields, known) => Object.keys(fields).filter((name) => !known.includes(name));
  return [
    ...beyond(backend, ['host', 'port', 'path', 'max_connections']),
    ...beyond(probe, ['url']).map((name) => `probe.${name}`),
  ];
}
