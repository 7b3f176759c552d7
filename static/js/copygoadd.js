import { done, find, findVCL, got, indent, within } from './gocode.js';
import { goString } from './quote.js';

/** Lines of Go that add a director with its members, and make it a member. */
export function addLines({ name, type, vcl, into, members = [], options, backend }) {
  const made = backend ? `backend.New(${config(backend)})` : `lb.New(${goString(type)}, ${settings(options)})`;
  const lines = [...findVCL(vcl), ...got('impl', made)];
  const add = `v.Add(${goString(name)}, impl)`;
  if (!members.length && !into) return [...lines, ...done(add, '_, ')];
  lines.push(...got('d', add));
  if (members.length) lines.push(...got('group', 'd.Group()'), ...fill(vcl, members));
  if (into) lines.push(...find('holder', within(vcl, into)), ...got('pool', 'holder.Group()'), ...done('pool.AddMember(d, 1)', '_, '));
  return lines;
}

function fill(vcl, members) {
  const rows = members.map(({ director, weight = 1 }) => `{${goString(within(vcl, director))}, ${weight}},`);
  return [
    'for _, m := range []struct {',
    '\tname   string',
    '\tweight float64',
    '}{',
    ...indent(rows),
    '} {',
    ...indent([...got('member', 'rt.Find(m.name)'), ...done('group.AddMember(member, m.weight)', '_, ')]),
    '}',
  ];
}

function settings(options) {
  const all = Object.entries(options ?? {}).map(([name, value]) => `${goString(name)}: ${goString(value)}`);
  return all.length ? `map[string]string{${all.join(', ')}}` : 'nil';
}

/** The types of what a backend's configuration holds besides plain values. */
const inner = { probe: 'ProbeConfig', tls: 'TLSConfig' };

/** A literal of a backend's configuration. */
export function config(fields, type = 'Config') {
  const all = Object.entries(fields).map(([name, value]) => `${fieldName(name)}: ${fieldValue(name, value)}`);
  return `backend.${type}{${all.join(', ')}}`;
}

const initials = { url: 'URL', tls: 'TLS', ca: 'CA' };

function fieldName(name) {
  return name.split('_').map((word) => initials[word] ?? word[0].toUpperCase() + word.slice(1)).join('');
}

function fieldValue(name, value) {
  if (inner[name]) return `&${config(value, inner[name])}`;
  if (name === 'initial' || name === 'expect_close') return `new(${value})`;
  if (Array.isArray(value)) return `[]string{${value.map(goString).join(', ')}}`;
  if (/(^|_)(timeout|interval)$/.test(name)) return `backend.Duration(${duration(value)})`;
  return typeof value === 'string' ? goString(value) : String(value);
}

const units = { y: 31536000e9, w: 604800e9, d: 86400e9, h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 };
const constants = { h: 'Hour', m: 'Minute', s: 'Second', ms: 'Millisecond', us: 'Microsecond', ns: 'Nanosecond' };

/** A time as Go writes it, from seconds or a text such as "1m30s" or, as in VCL, "1 d". */
function duration(text) {
  const number = Number(text);
  let total = Number.isNaN(number) ? 0 : number * 1e9;
  if (Number.isNaN(number)) {
    for (const [, count, unit] of text.matchAll(/([\d.]+)\s*(y|w|d|h|ms|m|s|us|µs|ns)/g)) total += Number(count) * units[unit];
  }
  total = Math.round(total);
  const unit = Object.keys(constants).find((one) => total % units[one] === 0);
  return `${total / units[unit]} * time.${constants[unit]}`;
}
