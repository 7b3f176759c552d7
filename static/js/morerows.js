/**
 * Gives the form for a new director one more row for a member as soon as the
 * last one is used. Without scripts it has the rows that the server prints.
 *
 * @param {import('./later.js').Board} board
 */
export function open({ doc }) {
  function grow({ target }) {
    const row = target.closest?.('fieldset > .line');
    if (!row || !target.name.endsWith('.director') || !target.value || row.nextElementSibling) return;
    const next = row.cloneNode(true);
    const [, number] = /\[(\d+)\]/.exec(target.name);
    renumber(next, Number(number) + 1);
    row.after(next);
  }
  doc.addEventListener('input', grow);
  grow({ target: doc.activeElement });
  return grow;
}

/** Makes a copy of a row that with the number, counted from 0, and empty. */
function renumber(row, number) {
  for (const refusal of row.querySelectorAll('.refusal')) refusal.remove();
  for (const field of row.querySelectorAll('input')) {
    field.name = field.name.replace(/\[\d+\]/, `[${number}]`);
    field.id = field.id.replace(/\[\d+\]/, `[${number}]`);
    field.value = field.defaultValue;
    field.removeAttribute('aria-invalid');
    const label = row.querySelector(`label[for$="${CSS.escape(field.name.split('].')[1])}"]`);
    label.htmlFor = field.id;
    label.textContent = label.textContent.replace(/\d+$/, String(number + 1));
  }
}
