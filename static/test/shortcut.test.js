import assert from 'node:assert/strict';
import test from 'node:test';
import { shortcut } from '../js/shortcut.js';

const ctrlKey = true;
const shiftKey = true;
const altKey = true;

const cases = [
  ['a letter', { key: 'o', code: 'KeyO' }, 'o'],
  ['caps lock', { key: 'O', code: 'KeyO' }, 'o'],
  ['caps lock with Ctrl', { key: 'K', code: 'KeyK', ctrlKey }, 'Ctrl+k'],
  ['Shift makes another key of a letter', { key: 'O', code: 'KeyO', shiftKey }, 'Shift+o'],
  ['also with caps lock', { key: 'o', code: 'KeyO', shiftKey }, 'Shift+o'],
  ['the command key of a Mac', { key: 'k', code: 'KeyK', metaKey: true }, 'Ctrl+k'],
  ['Russian', { key: 'л', code: 'KeyK', ctrlKey }, 'Ctrl+k'],
  ['Russian with caps lock', { key: 'Щ', code: 'KeyO' }, 'o'],
  ['a Russian letter where Latin layouts have a sign', { key: 'х', code: 'BracketLeft' }, 'х'],
  ['Greek', { key: 'α', code: 'KeyA' }, 'a'],
  ['Hebrew', { key: 'ל', code: 'KeyK', ctrlKey }, 'Ctrl+k'],
  ['Hebrew has the slash where Q is', { key: '/', code: 'KeyQ' }, '/'],
  ['two Arabic letters on one key', { key: 'لا', code: 'KeyB' }, 'b'],
  ['Thai, a mark', { key: 'ี', code: 'KeyU' }, 'u'],
  ['French: by the key, not by its place', { key: 'a', code: 'KeyQ' }, 'a'],
  ['French, a letter that English has not', { key: 'é', code: 'Digit2' }, 'é'],
  ['German Y is where Z is', { key: 'y', code: 'KeyZ' }, 'y'],
  ['German with AltGr', { key: 'µ', code: 'KeyM' }, 'µ'],
  ['German euro', { key: '€', code: 'KeyE' }, '€'],
  ['Dvorak has a period where E is', { key: '.', code: 'KeyE' }, '.'],
  ['German slash', { key: '/', code: 'Digit7', shiftKey }, '/'],
  ['English question mark', { key: '?', code: 'Slash', shiftKey }, '?'],
  ['French digit', { key: '0', code: 'Digit0', shiftKey }, '0'],
  ['a key with a name', { key: 'Enter', code: 'Enter' }, 'Enter'],
  ['the key for menus', { key: 'F10', code: 'F10', shiftKey }, 'Shift+F10'],
  ['all together', { key: 'ArrowUp', code: 'ArrowUp', ctrlKey, altKey, shiftKey }, 'Ctrl+Alt+Shift+ArrowUp'],
  ['no code, as of a keyboard on a screen', { key: 'A' }, 'a'],
  ['no key, as when Chromium fills in a field', { }, ''],
  ['an input method', { key: 'Enter', code: 'Enter', isComposing: true }, ''],
  ['an input method in Safari', { key: 'Enter', code: 'Enter', isComposing: false, keyCode: 229 }, ''],
  ['an input method that hides the key', { key: 'Process', code: 'KeyK', ctrlKey, keyCode: 229 }, ''],
];

for (const [words, event, want] of cases) {
  test(`${words}: ${want || 'none'}`, () => assert.equal(shortcut(event), want));
}
