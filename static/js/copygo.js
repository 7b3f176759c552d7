import { addLines } from './copygoadd.js';
import { probeLines, tryLines } from './copygotry.js';
import { done, find, findVCL, got, within } from './gocode.js';
import { goString } from './quote.js';

const admins = { auto: 'director.AdminAuto', healthy: 'director.AdminHealthy', sick: 'director.AdminSick' };
const states = { auto: 'director.Auto', warm: 'director.AlwaysWarm', cold: 'director.AlwaysCold' };

/**
 * What to write in Go for each command of the API: lines of a function that has
 * rt and returns an error, or the reason why there are none.
 *
 * @type {Record<string, (params: object, body: object) => string[]|string>}
 */
export const goRoutes = {
  'POST /directors': (_, body) => addLines(body),
  'DELETE /directors/{d}': ({ d }) => [...find('d', d), ...done('d.Delete()')],
  'GET /directors/{d}/dump': ({ d }) => [...find('d', d), 'd.Dump(os.Stdout)'],
  'POST /directors/{d}/members': ({ d }, { director, weight = 1 }) => [
    ...group(d), ...find('member', within(vclOf(d), director)), ...done(`group.AddMember(member, ${weight})`, '_, '),
  ],
  'PUT /directors/{d}/members/{slot}': (params, body) => setMember(params, body),
  'DELETE /directors/{d}/members/{slot}': ({ d, slot }) => [...group(d), ...done(`group.RemoveMember(${Number(slot)})`)],
  'POST /directors/{d}/pins': ({ d }, { note = '' }) => [...find('d', d), ...done(`d.Pin(${goString(note)})`, '_, ')],
  'DELETE /pins/{id}': ({ id }) => done(`rt.Unpin(${id})`),
  'PUT /health': (_, { pattern, admin }) => done(`rt.SetHealth(${goString(pattern)}, ${admins[admin]})`, '_, '),
  'PUT /faults/{d}': () => 'package director has no call that makes a backend fail',
  'POST /vcls': (_, { name }) => done(`rt.AddVCL(${goString(name)})`, '_, '),
  'DELETE /vcls/{v}': ({ v }) => [...findVCL(v), ...done('v.Discard()')],
  'PUT /vcls/{v}/temperature': ({ v }, { temperature }) => [...findVCL(v), ...done(`v.SetState(${states[temperature]})`)],
  'PUT /vcls/{v}/default': ({ v }, { director }) => [
    ...findVCL(v), ...(director ? find('d', within(v, director)) : []), ...done(`v.SetDefault(${director ? 'd' : 'nil'})`),
  ],
  'PUT /labels/{label}': ({ label }, { vcl }) => [...findVCL(vcl), ...done(`rt.Label(${goString(label)}, v)`)],
  'DELETE /labels/{label}': ({ label }) => done(`rt.Unlabel(${goString(label)})`),
  'PUT /active': (_, { vcl }) => [...findVCL(vcl), ...done('v.Activate()')],
  'PUT /step': (_, { on }) => done(`rt.SetStepping(${Boolean(on)})`),
  'POST /step/next': (_, { director }) => (
    director ? [...find('d', director), ...done('d.Next()', '_, ')] : done('rt.Next()', '_, ')
  ),
  'POST /undo/{id}': () => 'package director does not undo: the server does',
  'POST /directors/{d}/try': ({ d }, body) => tryLines(d, body),
  'POST /probe-test': (_, { backend }) => (backend?.probe ? probeLines(backend) : 'there is no probe to try'),
};

const group = (d) => [...find('d', d), ...got('group', 'd.Group()')];

/** The VCL that a full name names, "" for a number or a short name. */
const vclOf = (d) => (d.startsWith('@') ? '' : d.slice(0, Math.max(0, d.indexOf('.'))));

/** What the command leaves out stays as it is; the call wants all of it. */
function setMember({ d, slot }, { director, weight }) {
  const now = [
    'known, _ := rt.Tree().Director(d.ID())', `now, _ := known.Member(${Number(slot)})`,
  ];
  const member = director ? goString(within(vclOf(d), director)) : '"@" + strconv.FormatUint(now.ID, 10)';
  return [
    ...group(d),
    ...(director && weight !== undefined ? [] : now),
    ...got('member', `rt.Find(${member})`),
    ...done(`group.SetMember(${Number(slot)}, member, ${weight ?? 'now.Weight'})`),
  ];
}
