/**
 * Writes a text as one word of a POSIX shell.
 *
 * @param {string} text
 */
export function shell(text) {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param {string[]} args the words of a command line */
export const words = (args) => args.map(shell).join(' ');

/**
 * Writes a text as a string of Go. The escapes of JSON are also Go's, except
 * those of half a character, which no name can have.
 *
 * @param {string} text
 */
export const goString = (text) => JSON.stringify(String(text).toWellFormed());
