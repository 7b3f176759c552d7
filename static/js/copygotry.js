import { config } from './copygoadd.js';
import { find, got, indent } from './gocode.js';
import { goString } from './quote.js';

/** Lines of Go that try a director as the page does: one request after the other. */
export function tryLines(d, { requests = 1, dry, method, path, host, vary, headers = {} }) {
  const many = Number(requests) > 1;
  const varied = vary === 'path' || vary === 'client';
  const one = [
    ...got('req', `http.NewRequest(${goString(method || 'GET')}, ${url(path || '/', vary === 'path' && (many ? 'n' : '1'))}, nil)`),
    ...(host ? [`req.Host = ${goString(host)}`] : []),
    ...Object.entries(headers).map(([name, value]) => `req.Header.Set(${goString(name)}, ${goString(value)})`),
    ...(vary === 'client' ? [`req.Header.Set("X-Forwarded-For", ${many ? 'fmt.Sprintf("198.18.%d.%d", n>>8, n&255)' : '"198.18.0.1"'})`] : []),
    ...(dry === true || dry === 'true' ? wayLines : answerLines),
  ];
  const loop = varied ? `for n := 1; n <= ${requests}; n++ {` : `for range ${requests} {`;
  return [
    ...find('d', d), 'transport := &director.Transport{Runtime: rt, Director: d}', ...(many ? [loop, ...indent(one), '}'] : one),
  ];
}

/** Where the request asks; its host is the one that the backend has. */
function url(path, number) {
  if (!number) return goString(`http://director${path}`);
  const [before, query] = path.split(/(?=\?)/, 2);
  const end = (text) => text.replaceAll('%', '%%');
  return `fmt.Sprintf(${goString(`http://director${end(before.replace(/\/$/, ''))}/try/%d${end(query ?? '')}`)}, ${number})`;
}

const wayLines = [...got('way', 'transport.FindWay(req)'), 'for _, step := range way {', '\tfmt.Println(step.FullName())', '}'];
const answerLines = [...got('resp', 'transport.RoundTrip(req)'), 'resp.Body.Close()', 'fmt.Println(resp.Status)'];

/** Lines of Go that poke a backend once. A poke that goes wrong is no error. */
export const probeLines = (backend) => [
  ...got('trial', `backend.TryProbe(context.Background(), ${config(backend)})`),
  'fmt.Println(trial.Good, trial.Reason)',
];
