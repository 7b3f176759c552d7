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
  'PUT /faults/{d}': ({ d }, { failing }) => [['fault', d, isSet(failing) ? 'on' : 'off']],
  'POST /vcls': (_, { name }) => [['vcl', 'add', name]],
  'DELETE /vcls/{v}': ({ v }) => [['vcl', 'discard', v]],
  'PUT /vcls/{v}/temperature': ({ v }, { temperature }) => [['vcl', 'temperature', v, temperature]],
  'PUT /vcls/{v}/default': ({ v }, { director }) => [['vcl', 'default', v, director ?? '']],
  'PUT /labels/{label}': ({ label }, { vcl }) => [['vcl', 'label', label, vcl]],
  'DELETE /labels/{label}': ({ label }) => [['vcl', 'unlabel', label]],
  'PUT /active': (_, { vcl }) => [['vcl', 'use', vcl]],
  'PUT /step': (_, { on }) => [['step', on ? 'on' : 'off']],
  'POST /step/next': (_, { director }) => [director ? ['step', 'next', director] : ['step', 'next']],
  'POST /undo/{id}': ({ id }) => [['undo', id]],
  'POST /directors/{d}/try': ({ d }, { requests, dry, concurrency, method, path, host, vary, headers = {} }) => [['try', d], [
    ...flag('n', requests), ...(isSet(dry) ? ['--dry'] : []), ...flag('concurrency', concurrency), ...flag('vary', vary || undefined),
    ...flag('method', method || undefined), ...flag('path', path || undefined), ...flag('host', host || undefined),
    ...Object.entries(headers).flatMap(([name, value]) => flag('header', `${name}: ${value}`)),
  ]],
  'POST /probe-test': (_, { backend }) => (backend?.probe ? [['probe'], backendFlags(backend)] : 'there is no probe to try'),
  'GET /directors/{d}/dump': ({ d }) => [['dump', d]],
};

/** Fields of forms are text. */
const isSet = (value) => value === true || value === 'true';

const flag = (name, value) => (value === undefined ? [] : [`--${name}`, String(value)]);

function add({ name, type, vcl, into, members = [], options = {}, backend }) {
  const flags = ['--type', type ?? 'backend', ...flag('vcl', vcl || undefined), ...backendFlags(backend)];
  for (const { director, weight } of members) {
    // What stands behind the last = is the weight, also where the name has one.
    flags.push('--member', weight === undefined && !director.includes('=') ? director : `${director}=${weight ?? 1}`);
  }
  for (const [option, value] of Object.entries(options)) flags.push('--option', `${option}=${value}`);
  return [['add', name], [...flags, ...flag('into', into || undefined)]];
}

/** Where a backend is and how to treat it; what has no flag of its own is set by its name in the API. */
function backendFlags({ host, port, path, probe: { url, ...probe } = {}, max_connections: most, ...rest } = {}) {
  const set = (fields, before = '') => Object.entries(fields).flatMap(([name, value]) => (
    typeof value === 'object' && !Array.isArray(value)
      ? set(value, `${before}${name}.`)
      : flag('set', `${before}${name}=${typeof value === 'string' && !isJSON(value) ? value : JSON.stringify(value)}`)
  ));
  return [
    ...flag('backend', host && address({ host, port })), ...flag('socket', path), ...flag('probe', url),
    ...flag('max-connections', most), ...set(probe, 'probe.'), ...set(rest),
  ];
}

const address = ({ host, port = 80 }) => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Whether the command would take a text for something else. */
function isJSON(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
