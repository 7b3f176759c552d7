import { copyAs } from './copyas.js';

/** The languages, in the order of their keys. */
export const languages = [['curl', 'curl'], ['cli', 'CLI'], ['go', 'Go']];

/**
 * The bar below the list that copies a command in one of the languages.
 *
 * @param {HTMLElement} dialog
 * @param {{board: string, api: string}} place
 * @param {(words: string) => void} say
 */
export function openCopy(dialog, place, say) {
  const bar = dialog.querySelector('.palette-copy');
  const shown = dialog.querySelector('.palette-text');

  /** @param {'curl'|'cli'|'go'} language */
  async function copy(command, language) {
    shown.value = copyAs(command, place)[language];
    shown.rows = Math.min(8, shown.value.split('\n').length + 1);
    shown.hidden = false;
    const [, name] = languages.find(([one]) => one === language);
    try {
      await navigator.clipboard.writeText(shown.value);
      say(`Copied as ${name}.`);
    } catch {
      // Not a secure address, or the reader has said no: then by hand.
      shown.focus();
      shown.select();
      say('The browser does not let this page copy: press Ctrl+C.');
    }
  }

  return {
    copy,
    /** Offers to copy, or does not where there is nothing to say to a program. */
    offer(possible) {
      bar.hidden = !possible;
      shown.hidden = true;
    },
  };
}
