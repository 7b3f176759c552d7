/**
 * Names what a press of keys asks for, as "a", "?", "Enter", "Ctrl+k" or
 * "Shift+F10", whatever the layout of the keyboard and the caps lock are.
 *
 * A letter is in lower case; where the layout has letters of another script it
 * is the one that a Latin layout has at that place. Signs go by what is printed
 * on the key, and Shift is part of them. Meta, which Macs use for it, counts as Ctrl.
 *
 * @param {KeyboardEvent} event
 * @returns {string} '' while an input method has the keys: Enter then ends a word.
 *   Safari says so by the number 229 only. Also '' without a key, as when Chromium
 *   fills in a field
 */
export function shortcut({ key = '', code = '', ctrlKey, metaKey, altKey, shiftKey, isComposing, keyCode }) {
  if (isComposing || keyCode === 229) return '';
  const [, place] = /^Key([A-Z])$/.exec(code) ?? [];
  const foreign = place && /^[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(key);
  const one = [...key].length === 1;
  const name = foreign ? place.toLowerCase() : one ? key.toLowerCase() : key;
  const sign = !foreign && one && !/\p{L}/u.test(key);
  return [(ctrlKey || metaKey) && 'Ctrl', altKey && 'Alt', shiftKey && !sign && 'Shift', name].filter(Boolean).join('+');
}
