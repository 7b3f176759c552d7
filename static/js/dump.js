/**
 * Shows what a director says of its inside where one asks for it. It is loaded
 * anew each time that its details are opened.
 *
 * @param {{doc: Document}} board
 * @param {typeof globalThis.fetch} [fetch]
 * @returns {(details: HTMLDetailsElement) => Promise<void>}
 */
export function open({ doc }, fetch = globalThis.fetch.bind(globalThis)) {
  return async (details) => {
    const { dump: id } = details.dataset;
    const text = await said(details.querySelector('a').href, fetch);
    // The page may be that of another director by now.
    const place = doc.getElementById(id);
    if (!place) return;
    place.textContent = text;
    place.hidden = false;
  };
}

async function said(href, fetch) {
  try {
    const response = await fetch(href);
    if (response.ok) return await response.text();
    const { detail, title } = await response.json();
    return `Not loaded: ${detail ?? title}`;
  } catch (error) {
    return `Not loaded: ${error.message}`;
  }
}
