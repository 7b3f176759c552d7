import { shortcut } from './shortcut.js';

/** @typedef {{on: boolean}} Single whether single keys do something */

/**
 * Single keys for what is done most. They are silent while one types, and a
 * reader whose voice software presses them can turn them off in the help.
 *
 * @param {Document} doc
 * @param {ReturnType<import('./storage.js').openStorage>} storage
 * @param {ReturnType<import('./later.js').openLater>} later
 * @param {Record<string, () => void>} [more] keys that others answer to
 */
export function openKeys(doc, storage, later, more = {}) {
  const single = {
    get on() {
      return storage.get('callboard.keys') !== 'off';
    },
    set on(on) {
      storage.set('callboard.keys', on ? 'on' : 'off');
    },
  };
  const help = () => later.use('help', { styled: true }).then((show) => show(single), () => {});

  const press = (id) => doc.getElementById(id)?.click();
  const keys = {
    '/': () => doc.getElementById('q')?.focus(),
    '?': help,
    a: () => press('add'),
    g: () => press('face-graph'),
    o: () => press('face-outline'),
    ...more,
  };
  // Where letters find names, as in the outline, these do the same.
  const named = { F2: keys.m, Insert: keys.a };

  const palette = async (button) => (await later.use('palette', { styled: true })).toggle(button);
  doc.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-palette], [data-copy]');
    if (button) palette(button);
    if (target.closest('[data-help]')) help();
  });
  doc.addEventListener('keydown', (event) => {
    const name = shortcut(event);
    if (name === 'Ctrl+k') {
      event.preventDefault();
      palette();
    }
    if (event.defaultPrevented) return;
    if (name === 'Escape') return escape(doc);
    const does = named[name] ?? (single.on && Object.hasOwn(keys, name) && keys[name]);
    if (!does || typing(event.target)) return;
    event.preventDefault();
    does();
  });
}

// The form first, then the inspector; the dialog closes by itself.
function escape(doc) {
  if (doc.getElementById('help')?.open) return;
  if (typing(doc.activeElement)) return doc.activeElement.blur();
  doc.querySelector('.asks a.button, .adds .close, .head .close')?.click();
}

function typing(element) {
  return element?.matches?.('input:not([type="checkbox"]), select, textarea') ?? false;
}
