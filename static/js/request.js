/** The key that shows that a command comes from this page. */
export const key = (doc = globalThis.document) => doc?.querySelector('meta[name=callboard-key]').content;

/**
 * Sends a command to the API. A refusal throws the problem details that came
 * with it, and so does a line that is down.
 *
 * @param {string} url
 * @param {object} [options]
 * @param {string} [options.method]
 * @param {URLSearchParams|object} [options.body] fields of a form, or what becomes JSON
 * @param {AbortSignal} [options.signal]
 * @param {typeof fetch} [options.fetch]
 * @returns {Promise<object>} the answer
 */
export async function request(url, { method = 'POST', body, signal, fetch = globalThis.fetch.bind(globalThis) } = {}) {
  const headers = { Accept: 'application/json', 'X-Callboard-Key': key() };
  const form = body instanceof URLSearchParams;
  if (body && !form) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(url, { method, headers, signal, body: form || !body ? body : JSON.stringify(body) });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw { detail: method === 'GET' ? 'Offline: this cannot be asked now.' : 'Offline: this was not sent. What you typed is kept.' };
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw { title: `Refused (${response.status})`, ...answer };
  return answer;
}

/** What a refusal says, or another error. */
export const wordsOf = (problem) => problem.detail ?? problem.title ?? String(problem);
