/**
 * Puts the address that the reader sees into the examples: what proxies have
 * made of it on the way, the server knows only if they say so.
 */
export function correct(doc, href) {
  const { mount } = doc.querySelector('main').dataset;
  const here = new URL('..', href).href;
  if (here === mount) return;
  for (const code of doc.querySelectorAll('pre code')) code.textContent = code.textContent.replaceAll(mount, here);
}

if (globalThis.document) correct(document, location.href);
