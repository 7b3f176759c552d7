/** Fields that the API wants as numbers or as true and false; a form has texts only. */
const numbers = [
  'weight', 'port', 'window', 'threshold', 'initial', 'expected_response', 'max_connections', 'wait_limit', 'proxy_header',
  'requests', 'concurrency',
];
const truths = ['failing', 'on', 'insecure_skip_verify', 'dry', 'expect_close'];

/**
 * What a form says, as the body of the API's command: the same rules as those of
 * the server for forms, so that a text that is copied does what the button does.
 *
 * @param {string} path where the form leads, below the instance
 * @param {Iterable<[string, string]>} fields
 * @returns {import('./copyas.js').Command}
 */
export function commandOf(path, fields) {
  const all = [...fields];
  const values = new Map(all);
  const noProbe = values.get('backend.probe.url') === '';
  const body = {};
  for (const [name, value] of all) {
    const [row, field] = name.split('].');
    if (name.startsWith('_')) continue;
    // An empty director empties a slot; anything else that is empty is not said.
    if (value === '' && name !== 'director') continue;
    if (noProbe && name.startsWith('backend.probe.')) continue;
    if (field && field !== 'director' && !values.get(`${row}].director`)) continue;
    put(body, name.split(/[.[\]]+/), value);
  }
  if (body.members) body.members = Object.values(body.members);
  // The form for no default has no field; anybody else has to say it.
  if (/^\/vcls\/[^/]+\/default$/.test(path)) body.director ??= '';
  // The form is that for a new director, of which this command wants the backend only.
  if (path === '/probe-test') return { method: 'POST', path, body: { backend: body.backend ?? {} } };
  return { method: values.get('_method') ?? 'POST', path, body: Object.keys(body).length ? body : undefined };
}

function put(body, path, value) {
  const name = path.at(-1);
  let at = body;
  for (const part of path.slice(0, -1)) at = at[part] ??= {};
  at[name] = path[0] === 'options' ? value : typed(name, value);
}

function typed(name, value) {
  if (numbers.includes(name)) return Number(value);
  return truths.includes(name) ? value === 'true' : value;
}
