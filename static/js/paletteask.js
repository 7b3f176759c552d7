/** What a field of the page's form says of itself. */
const kept = ['name', 'type', 'value', 'list', 'required', 'min', 'max', 'step', 'maxlength', 'placeholder', 'pattern', 'title', 'class'];

/**
 * The second step of a command that needs values: the fields of its form.
 *
 * @param {HTMLFormElement} form
 * @param {(values: Map<string, string>) => void} submitted
 */
export function openAsk(form, submitted) {
  const doc = form.ownerDocument;
  const fields = form.querySelector('.palette-fields');

  function field(original, i) {
    const wrap = doc.createElement('p');
    const label = doc.createElement('label');
    const twin = doc.createElement('input');
    for (const name of kept) {
      if (original.hasAttribute(name)) twin.setAttribute(name, original.getAttribute(name));
    }
    wrap.className = 'field';
    twin.id = `palette-ask-${i}`;
    twin.autocomplete = 'off';
    twin.value = original.value;
    label.htmlFor = twin.id;
    label.textContent = original.labels[0]?.textContent ?? original.name;
    wrap.append(label, twin);
    return wrap;
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submitted(values());
  });

  /** What has been filled in. */
  const values = () => new Map([...new FormData(form)]);

  return {
    values,
    get open() {
      return !form.hidden;
    },
    /** Asks for the values of a command, in place of the list. */
    show(item, sends) {
      form.querySelector('h3').textContent = `${item.group} · ${item.words}`;
      form.querySelector('.primary').textContent = item.button.textContent;
      form.querySelector('.primary').hidden = !sends;
      fields.replaceChildren(...item.fields.map(field));
      form.hidden = false;
      fields.querySelector('input')?.select();
    },
    hide() {
      form.hidden = true;
    },
  };
}
