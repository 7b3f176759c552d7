/** The keys, and what they do: texts of this file. */
const keys = [
  [['Ctrl K'], 'Find any command or director, run it or copy it; <i>sick b1</i> or <i>delete a2</i> means that one'],
  [['/'], 'Filter by name, type or state: <i>sick</i>, <i>lingering</i>, <i>shard</i>'],
  [['a', 'Insert'], 'Add a director; so does a double click on an empty place'],
  [['m', 'F2'], 'Rewire a member of the director that has the focus, or is selected'],
  [['Shift F10'], 'The menu of the card or line that has the focus; so does a right click on it'],
  [['g', 'o'], 'Graph, outline'],
  [['Esc'], 'Close the form, then the inspector'],
  [['← ↑ ↓ →'], 'Move the board, when it has the focus; from card to card, when one of them has it'],
  [['+', '−', '0'], 'Zoom, fit the board to the window'],
  [['↑ ↓ → ←'], 'In the outline: lines, open and cells, back and shut; <kbd>*</kbd> opens all beside it, a letter finds a name, so there <kbd>F2</kbd> is the key for rewiring, '
    + '<kbd>↑</kbd> from the first line the heads, which sort'],
  [['Space'], 'Select the line, to set health, pin or delete; <kbd>Shift</kbd> <kbd>↓</kbd> selects more, <kbd>Ctrl</kbd> <kbd>a</kbd> all that are listed, '
    + '<kbd>Esc</kbd> none'],
];

const bead = (kind) => `<span class="beads"><i data-kind="${kind}"></i></span>`;
const shapes = [
  [bead('owner'), 'held by its owner'],
  [bead('member'), 'by a member slot'],
  [bead('default'), 'by a default slot'],
  [bead('pin'), 'by a pin'],
  [bead('task'), 'by a request in flight'],
  ['<span class="rail"><i data-done></i><i data-done></i><i></i><i></i></span>', 'added, assigned, released, destroyed'],
  ['<span class="lines"><i></i><i></i><i></i></span>', 'the wider a line, the more goes that way; blue while something does'],
];

const row = ([names, words]) => `<div><dt>${names.map((name) => `<kbd>${name}</kbd>`).join(' ')}</dt><dd>${words}</dd></div>`;

const markup = `
  <form method="dialog">
    <h2 id="help-title">Keys</h2>
    <dl>${keys.map(row).join('')}</dl>
    <h3>What the shapes say</h3>
    <ul class="legend">${shapes.map(([shape, words]) => `<li>${shape} ${words}</li>`).join('')}</ul>
    <p class="check"><input id="keys-on" type="checkbox"> <label for="keys-on">Single keys are on</label></p>
    <button class="button" autofocus>Close</button>
  </form>`;

/**
 * The help: what the keys do, and what the shapes say.
 *
 * @param {import('./later.js').Board} board
 */
export function open({ doc }) {
  const dialog = doc.createElement('dialog');
  dialog.id = 'help';
  dialog.className = 'dialog help';
  dialog.setAttribute('aria-labelledby', 'help-title');
  dialog.innerHTML = markup;
  doc.body.append(dialog);

  /** @param {import('./keys.js').Single} single whether single keys are on */
  return (single) => {
    const box = doc.getElementById('keys-on');
    box.checked = single.on;
    box.onchange = () => {
      single.on = box.checked;
    };
    dialog.showModal();
  };
}
