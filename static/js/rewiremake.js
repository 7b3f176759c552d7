/**
 * Makes an element.
 *
 * @param {Document} doc
 * @param {string} name
 * @param {Record<string, string|boolean>} [attributes] true is an attribute without a value, false none
 * @param {...(Node|string)} children
 */
export function make(doc, name, attributes = {}, ...children) {
  const element = doc.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element of a drawing. */
export function draw(doc, name, attributes = {}) {
  const element = doc.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
