import { languages } from './palettecopy.js';
import { session } from './storage.js';

const markup = `
  <div class="palette-find">
    <h2 id="palette-title">Commands</h2>
    <button type="button" class="button small" data-palette-close>Close <kbd>Esc</kbd></button>
    <input id="palette-q" class="entry" role="combobox" aria-expanded="false" aria-controls="palette-list"
      aria-autocomplete="list" aria-label="Search commands and directors" autocomplete="off" spellcheck="false">
  </div>
  <div id="palette-list" class="palette-list" role="listbox" aria-labelledby="palette-title"></div>
  <p class="palette-none" hidden></p>
  <form class="palette-ask" hidden>
    <h3></h3>
    <div class="palette-fields line"></div>
    <p class="line"><button class="button primary"></button> <button type="button" class="button" data-palette-back>Back</button></p>
  </form>
  <div class="palette-copy" role="group" aria-labelledby="palette-copy-as">
    <span id="palette-copy-as" class="caption">Copy as</span>
    ${languages.map(([language, name], i) => `<button type="button" class="button small" data-language="${language}"
      aria-keyshortcuts="Alt+${i + 1}">${name} <kbd>Alt ${i + 1}</kbd></button>`).join('')}
  </div>
  <textarea class="palette-text" readonly aria-label="The text to copy" hidden></textarea>
  <p class="palette-said" role="status"></p>`;

/** Puts the palette's dialog into the page, closed. */
export function makeDialog(doc) {
  const dialog = doc.createElement('dialog');
  dialog.className = 'palette';
  dialog.id = 'palette';
  dialog.setAttribute('aria-labelledby', 'palette-title');
  dialog.innerHTML = markup;
  doc.body.append(dialog);
  return dialog;
}

const STORE = 'callboard.palette';
const KEPT = 5;

/** The keys of what was used last, the newest first. */
export function recentKeys() {
  try {
    return JSON.parse(session.get(STORE)) ?? [];
  } catch {
    return []; // another program's
  }
}

/** Remembers what was used. Directors come and go: they are searched for. */
export function remember(key) {
  if (key.startsWith('director ')) return;
  const keys = [key, ...recentKeys().filter((one) => one !== key)].slice(0, KEPT);
  session.set(STORE, JSON.stringify(keys));
}
