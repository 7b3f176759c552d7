/**
 * Keeps small texts for the next time. A browser may refuse that with an error
 * even where it is only asked for its storage, as for readers who allow no
 * cookies and in sandboxed frames: then they are kept as long as the page is open.
 *
 * @param {() => Storage} browser
 */
export function openStorage(browser) {
  const here = new Map();
  return {
    /** @returns {string|null} */
    get(key) {
      try {
        return here.get(key) ?? browser().getItem(key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        browser().setItem(key, value);
        here.delete(key);
      } catch {
        here.set(key, value);
      }
    },
  };
}

/** For all pages of this server, and for this tab. Nothing else asks the browser for either. */
export const local = openStorage(() => localStorage);
export const session = openStorage(() => sessionStorage);
