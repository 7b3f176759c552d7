import { assign, edgeOf, preview, undoing } from './rewirechange.js';
import { make } from './rewiremake.js';
import { refusal, report } from './rewirereport.js';
import { possible, title } from './rewirewords.js';

/**
 * The panel that says what a change would do, and does it when asked to. It is
 * beside the place where the change was made, and leaves the board in sight.
 *
 * @param {object} options
 * @param {Document} options.doc
 * @param {string} options.api
 * @param {{seq: number, reached: (seq: number) => Promise<boolean>}} options.page
 * @param {ReturnType<import('./rewireloop.js').openLoop>} options.loop
 * @param {(sentence: string) => void} options.announce
 */
export function openPanel({ doc, api, page, loop, announce }) {
  const heading = make(doc, 'h2', { id: 'rewire-title' });
  const body = make(doc, 'div', { id: 'rewire-report', class: 'rewire-report' });
  const outcome = make(doc, 'p', { class: 'outcome' });
  const agree = make(doc, 'button', { type: 'button', class: 'button primary', 'data-rewire-do': 'assign' }, 'Assign');
  const keep = make(doc, 'button', { type: 'button', class: 'button', 'data-rewire-do': 'keep' }, 'Keep');
  const buttons = make(doc, 'p', { class: 'line' }, agree, keep);
  const panel = make(doc, 'dialog', { id: 'rewire', class: 'rewire', tabindex: '-1', 'aria-labelledby': heading.id, 'aria-describedby': body.id }, heading, body, outcome, buttons);
  doc.body.append(panel);

  let change = null;
  let told = null;
  let next = null; // what the button does
  let back = null; // what had the focus before
  let asked = 0; // what is shown is true of this event
  let turn = 0; // counts changes: an answer may be of one that is gone

  async function open(wanted, anchor) {
    begin(wanted);
    if (!(await ask(turn))) return;
    appear(anchor);
    (agree.hidden ? keep : agree).focus();
  }

  /** Does what was agreed to elsewhere. */
  function carryOut(wanted, agreed, anchor) {
    begin(wanted);
    show(agreed);
    appear(anchor);
    // No button: the key that agreed is still down.
    panel.focus();
    act();
  }

  function begin(wanted) {
    if (!panel.contains(doc.activeElement)) back = doc.activeElement;
    [change, told] = [wanted, null];
    turn += 1;
    say('');
  }

  function appear(anchor) {
    if (!panel.open) panel.show();
    place(panel, anchor?.getBoundingClientRect());
  }

  /** Asks what the change would do, and shows it. */
  async function ask(mine) {
    asked = page.seq;
    try {
      const answer = await preview(api, change);
      if (mine !== turn) return false;
      show(answer);
    } catch (problem) {
      if (mine !== turn) return false;
      fail(problem);
    }
    return true;
  }

  function show(answer) {
    told = answer;
    heading.textContent = title(told);
    body.replaceChildren(...report(doc, told));
    offer('Assign', possible(told) ? act : null);
    loop.show(told.loop_ids, possible(told) ? edgeOf(change) : null);
  }

  function fail(problem) {
    if (!told) heading.textContent = 'Rewire';
    body.replaceChildren(refusal(doc, problem));
    offer('Assign', null);
    loop.show(problem.path?.map((name) => idOf(doc, name)).filter(Boolean));
  }

  function offer(word, what) {
    const focused = doc.activeElement === agree;
    next = what;
    agree.hidden = !what;
    agree.textContent = word;
    if (focused && !what) keep.focus();
  }

  async function act() {
    const mine = turn;
    offer('Assign', null);
    say('Sending…');
    try {
      const answer = await assign(api, change);
      done(answer, undoing(change, told, answer), mine);
    } catch (problem) {
      if (mine !== turn) return;
      say('');
      fail(problem);
    }
  }

  /** Says that it is done, and how to take it back if there is a way. */
  async function done(answer, undo, mine = turn) {
    change = null;
    const came = await page.reached(answer.seq);
    if (mine !== turn) return;
    loop.show(null);
    say(came ? `Done · #${answer.seq}` : `Accepted as #${answer.seq}; the page shows it when it is live again.`);
    keep.textContent = 'Close';
    offer('Undo', undo && (() => takeBack(undo, mine)));
  }

  async function takeBack(undo, mine) {
    offer('Undo', null);
    try {
      await done(await undo(api), null, mine);
    } catch (problem) {
      say('');
      body.replaceChildren(refusal(doc, problem));
    }
  }

  function say(text) {
    if (text && text !== outcome.textContent) announce(text);
    outcome.textContent = text;
    outcome.dataset.tone = text.startsWith('Done') ? 'good' : '';
    if (!text) keep.textContent = 'Keep';
  }

  function close() {
    if (!panel.open) return;
    const inside = panel.contains(doc.activeElement);
    panel.close();
    [change, told] = [null, null];
    turn += 1;
    loop.show(null);
    if (inside && back?.isConnected) back.focus();
  }

  agree.addEventListener('click', () => next?.());
  keep.addEventListener('click', close);
  doc.addEventListener('board-changed', () => {
    // Counts may have moved since: what is agreed to should be true.
    if (panel.open && change && page.seq !== asked && !outcome.textContent) ask(turn);
  });
  return { open, carryOut, close, get isOpen() { return panel.open; } };
}

/** The number of the director with that name in the view, if it is there. */
export function idOf(doc, name) {
  return doc.querySelector(`#cards .face[data-name="${CSS.escape(name)}"]`)?.id.slice('face-'.length);
}

// Below what it is about, above it where there is no room.
function place(panel, near) {
  const { innerWidth: width, innerHeight: height } = panel.ownerDocument.defaultView;
  const box = panel.getBoundingClientRect();
  const spot = near ?? { left: (width - box.width) / 2, bottom: height / 3, top: height / 3 };
  const low = spot.bottom + 12;
  const y = low + box.height > height - 12 ? spot.top - 12 - box.height : low;
  panel.style.left = `${Math.max(12, Math.min(spot.left, width - box.width - 12))}px`;
  panel.style.top = `${Math.max(12, Math.min(y, height - box.height - 12))}px`;
}
