import { request } from './request.js';
import { edgeOf, preview } from './rewirechange.js';
import { openCombo } from './rewirecombo.js';
import { make } from './rewiremake.js';
import { refusal, report } from './rewirereport.js';
import { possible } from './rewirewords.js';

/**
 * Rewires by the keyboard: a dialog that asks for the slot and for the director
 * that it should point at, and says all the time what would come of it.
 *
 * @param {object} options
 * @param {Document} options.doc
 * @param {string} options.api
 * @param {ReturnType<import('./rewireloop.js').openLoop>} options.loop
 * @param {ReturnType<import('./rewirepanel.js').openPanel>} options.panel says what became of it
 */
export function openPicker({ doc, api, loop, panel }) {
  const parts = build(doc);
  const { dialog, heading, slots, slotField, slotLabel, targetLabel, body, agree, keep } = parts;
  const combo = openCombo({ doc, input: parts.input, list: parts.list, find, changed: look });
  let director = null; // as the API shows it
  let asking = null;
  let told = null;
  let change = null;

  /** @param {string} place a director, by name or number */
  async function open(place) {
    try {
      director = await request(`${api}/directors/${encodeURIComponent(place)}`, { method: 'GET' });
    } catch (problem) {
      director = null;
      heading.textContent = 'Rewire';
      body.replaceChildren(refusal(doc, problem));
    }
    slotField.hidden = !director || director.leaf;
    parts.input.disabled = !director;
    if (director) fill();
    if (!dialog.open) dialog.showModal();
    if (director) (director.leaf ? parts.input : slots).focus();
  }

  function fill() {
    const { leaf, name, members } = director;
    heading.textContent = leaf ? `Give ${name} to another` : `Rewire ${name}`;
    slotLabel.textContent = `Slot of ${name}`;
    targetLabel.textContent = leaf ? 'As a member of' : 'Point it at';
    slots.replaceChildren(
      ...members.map(({ slot, director: holds }) => make(doc, 'option', { value: String(slot) }, `${holds} · slot ${slot}`)),
      make(doc, 'option', { value: '0' }, 'a new member'),
    );
    combo.clear();
    look(null);
  }

  /** Finds directors for what was typed: of the same VCL, which is all that is possible. */
  async function find(text, signal) {
    const query = new URLSearchParams({ vcl: director.vcl, q: text, limit: '20' });
    const { directors } = await request(`${api}/directors?${query}`, { method: 'GET', signal });
    return directors
      .filter(({ leaf }) => !director.leaf || !leaf)
      .map(({ id, name, type, refcount }) => ({ value: `@${id}`, name, note: `${type.replaceAll('-', ' ')}, ${refcount} ${refcount === 1 ? 'reference' : 'references'}` }));
  }

  /** Says what would come of it. @param {string|null} target */
  async function look(target) {
    asking?.abort();
    told = null;
    agree.disabled = true;
    if (!target) {
      body.replaceChildren(make(doc, 'p', { class: 'quiet' }, 'Nothing is done before you assign it.'));
      return loop.show(null);
    }
    const { signal } = (asking = new AbortController());
    const own = `@${director.id}`;
    change = director.leaf ? { holder: target, slot: 0, target: own } : { holder: own, slot: Number(slots.value), target };
    try {
      const answer = await preview(api, change, { signal });
      // One that was given up on its way has an answer without anything in it.
      if (signal.aborted) return undefined;
      told = answer;
    } catch (problem) {
      if (!signal.aborted) body.replaceChildren(refusal(doc, problem));
      return undefined;
    }
    body.replaceChildren(...report(doc, told));
    agree.disabled = !possible(told);
    return loop.show(told.loop_ids, possible(told) ? edgeOf(change) : null);
  }

  slots.addEventListener('change', () => look(combo.value));
  // The keys of the page are not for who is in here.
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  keep.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    asking?.abort();
    loop.show(null);
  });
  parts.form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (agree.disabled || !told) return;
    dialog.close();
    panel.carryOut(change, told, doc.activeElement);
  });
  return { open, get isOpen() { return dialog.open; } };
}

function build(doc) {
  const heading = make(doc, 'h2', { id: 'rewire-picker-title' });
  const slots = make(doc, 'select', { id: 'rewire-slot' });
  const slotLabel = make(doc, 'label', { for: slots.id });
  const slotField = make(doc, 'p', { class: 'field' }, slotLabel, slots);
  const list = make(doc, 'ul', { id: 'rewire-options', role: 'listbox', 'aria-label': 'Directors', hidden: true });
  const input = make(doc, 'input', {
    id: 'rewire-target', class: 'name', type: 'text', role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false',
    'aria-controls': list.id, autocomplete: 'off', spellcheck: 'false', placeholder: 'type a name',
  });
  const targetLabel = make(doc, 'label', { for: input.id });
  const targetField = make(doc, 'div', { class: 'field combo' }, targetLabel, input, list);
  const body = make(doc, 'div', { class: 'rewire-report', role: 'status' });
  const agree = make(doc, 'button', { class: 'button primary' }, 'Assign');
  const keep = make(doc, 'button', { type: 'button', class: 'button' }, 'Keep');
  const form = make(doc, 'form', { method: 'dialog', class: 'stack' }, heading, slotField, targetField, body, make(doc, 'p', { class: 'line' }, agree, keep));
  const dialog = make(doc, 'dialog', { id: 'rewire-picker', class: 'rewire', 'aria-labelledby': heading.id }, form);
  doc.body.append(dialog);
  return { dialog, heading, slots, slotField, slotLabel, targetLabel, input, list, body, agree, keep, form };
}
