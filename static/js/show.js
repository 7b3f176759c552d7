/**
 * Shows what a form asked for beside the form: the answer is the page that a
 * browser without scripts would show, of which the part called answer is taken.
 *
 * @param {import('./later.js').Board} board
 */
export function open({ doc }) {
  return ({ action, body, into, fetch = globalThis.fetch.bind(globalThis), parse = parsed }) =>
    show({ doc, action, body, into, fetch, parse });
}

const parsed = (html) => new DOMParser().parseFromString(html, 'text/html');

/**
 * @param {object} options
 * @param {string} options.into the id of where the answer goes
 * @returns {Promise<string>} the answer in a sentence; a refusal throws the problem details
 */
async function show({ doc, action, body, into, fetch, parse }) {
  doc.getElementById(into)?.replaceChildren();
  let response;
  try {
    // HTML of what was done; of what was refused, why, field by field.
    response = await fetch(action, { method: 'POST', headers: { Accept: 'application/problem+json, text/html;q=0.9' }, body });
  } catch {
    throw { detail: 'Offline: this was not sent. What you typed is kept.' };
  }
  if (!response.ok) throw { title: `Refused (${response.status})`, ...(await response.json().catch(() => ({}))) };
  const answer = parse(await response.text()).getElementById('answer');
  if (!answer) throw { detail: 'The answer cannot be read.' };
  for (const link of answer.querySelectorAll('a[href]')) {
    // As from the page that is open: it is the same view with another director.
    link.setAttribute('href', new URL(link.getAttribute('href'), response.url).search);
  }
  const said = answer.querySelector('.sum').textContent;
  answer.removeAttribute('id');
  // It may have been replaced since.
  doc.getElementById(into)?.replaceChildren(doc.importNode(answer, true));
  return said;
}
