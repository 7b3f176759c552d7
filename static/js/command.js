import { request, wordsOf } from './request.js';

/**
 * Sends forms without leaving the page. The fields and the URL are those that
 * the form would use by itself; only the answer comes as JSON. What was typed
 * stays until the command is done.
 *
 * @param {import('./later.js').Board} board
 * @returns {(form: HTMLFormElement, submitter: HTMLElement|null) => void}
 */
export function open({ doc, page, go, use, announce }) {
  const busy = new Set();

  doc.addEventListener('invalid', (event) => {
    const { target } = event;
    // The browser cannot show what it refuses where that is folded.
    reveal(target);
    if (!target.validity.patternMismatch || !target.title) return;
    // Of a rule it says that there is one, and takes even that away after some seconds.
    event.preventDefault();
    unmark(target);
    mark(target, target.title);
    if (target.form.querySelector(':invalid') === target) target.focus();
  }, { capture: true });
  doc.addEventListener('input', ({ target }) => {
    if (target.matches('[pattern][aria-invalid]') && target.validity.valid) unmark(target);
  });

  async function send(form, submitter) {
    const { id } = form;
    const { search } = page;
    const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action');
    const { show: into } = (submitter?.dataset.show ? submitter : form).dataset;
    const body = new URLSearchParams(new FormData(form, submitter));
    busy.add(id);
    clear(form);
    say(id, 'Sending…');
    try {
      if (into) {
        announce(await (await use('show', { styled: true }))({ action, body, into }));
        return say(id, '');
      }
      const answer = await request(action, { body });
      say(id, `Accepted as event ${answer.seq ?? ''}…`);
      await settle(form, answer, body, search);
    } catch (problem) {
      refuse(id, problem);
    } finally {
      busy.delete(id);
    }
  }

  async function settle(form, answer, body, search) {
    const { id, dataset } = form;
    const came = !answer.seq || (await page.reached(answer.seq));
    if (dataset.then === 'back') return go(body.get('_back'), search);
    if (dataset.then === 'created') return go(`?${new URLSearchParams({ select: `${answer.vcl}.${answer.name}` })}`, search);
    if (dataset.then === 'undone') return (await use('undo'))(answer, body.get('_back'));
    doc.getElementById(id)?.reset?.();
    if (came) say(id, `Done · #${answer.seq}`, 'good');
    else {
      const accepted = `Accepted as #${answer.seq}; the page shows it when it is live again`;
      announce(accepted);
      say(id, `${accepted}.`);
    }
  }

  function refuse(id, problem) {
    const form = doc.getElementById(id);
    const rest = [];
    for (const { field, detail } of problem.errors ?? []) {
      const input = form?.querySelector(`[name="${CSS.escape(field)}"]:not([type="hidden"])`);
      if (input) mark(input, detail);
      else rest.push(`${field}: ${detail}`);
    }
    const marked = form?.querySelector('[aria-invalid="true"]');
    const words = wordsOf(problem);
    const said = problem.errors?.some(({ detail }) => detail === words);
    announce([words, ...rest].join(' '));
    say(id, [marked && said ? 'Not done: see the marked field.' : words, ...rest].join(' '), 'bad');
    marked?.focus();
  }

  function mark(input, detail) {
    const note = doc.createElement('small');
    note.className = 'refusal';
    note.id = `${input.id}-refusal`;
    note.textContent = detail;
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', note.id);
    input.after(note);
    reveal(input);
  }

  function clear(form) {
    for (const input of form.querySelectorAll('[aria-invalid]')) unmark(input);
  }

  function unmark(input) {
    doc.getElementById(`${input.id}-refusal`)?.remove();
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
  }

  // The form may have been replaced since: it is looked up by its id each time.
  function say(id, text, tone = '') {
    const form = doc.getElementById(id);
    if (!form) return;
    let outcome = form.querySelector(':scope > .outcome');
    if (!outcome) {
      outcome = doc.createElement('p');
      outcome.className = 'outcome';
      form.append(outcome);
    }
    outcome.hidden = !text;
    outcome.dataset.tone = tone;
    outcome.textContent = text;
    if (tone === 'good') setTimeout(() => outcome.remove(), 6000);
  }

  return (form, submitter) => {
    // A button that has nothing to do at the moment keeps the focus all the same.
    if (!busy.has(form.id) && submitter?.getAttribute('aria-disabled') !== 'true') send(form, submitter);
  };
}

/** Opens what a field is folded in. */
function reveal(field) {
  for (let fold = field.closest('details:not([open])'); fold; fold = fold.parentElement.closest('details:not([open])')) fold.open = true;
}
