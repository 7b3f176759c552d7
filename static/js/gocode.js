import { goString } from './quote.js';

const check = ['if err != nil {', '\treturn err', '}'];

/** Lines that give what a call returns a name. */
export const got = (name, call) => [`${name}, err := ${call}`, ...check];

/** Lines that make a call whose results but the error are dropped. */
export const done = (call, dropped = '') => [`if ${dropped}err := ${call}; err != nil {`, '\treturn err', '}'];

/** Lines that find a director. */
export const find = (name, director) => got(name, `rt.Find(${goString(director)})`);

/** Lines that find a VCL, the active one if it has no name. */
export const findVCL = (name) => (name ? got('v', `rt.VCL(${goString(name)})`) : ['v := rt.Active()']);

/**
 * The full name of a director that a command names within a VCL: [Runtime.Find]
 * would look for a short name in the active one.
 */
export function within(vcl, name) {
  return !vcl || name.startsWith('@') || name.startsWith(`${vcl}.`) ? name : `${vcl}.${name}`;
}

/** Indents lines. */
export const indent = (lines) => lines.map((line) => `\t${line}`);
