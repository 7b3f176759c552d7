/**
 * What the page shows: which view, of which run, up to which event.
 *
 * @param {Document} doc
 * @param {string} search the query of the view, as it stands in the URL
 */
export function openPage(doc, search = '') {
  const waiting = new Set();
  const main = () => doc.getElementById('page');

  function wake() {
    for (const one of waiting) {
      if (page.seq >= one.seq) one.done(true);
    }
  }

  const page = {
    /** The URL may be ahead of it, while another view is on its way. */
    get search() {
      return search;
    },
    get epoch() {
      return main().dataset.epoch;
    },
    get seq() {
      return Number(main().dataset.seq);
    },
    /** Says that the page shows everything up to seq. */
    advance(seq) {
      main().dataset.seq = String(seq);
      wake();
    },
    /** Says that the page was turned into that of another view. */
    become(view, epoch, seq) {
      search = view;
      main().dataset.epoch = epoch;
      page.advance(seq);
    },
    /**
     * Waits until the page shows the event.
     *
     * @param {number} seq
     * @param {number} patience in milliseconds
     * @returns {Promise<boolean>} whether it came
     */
    reached(seq, patience = 10000) {
      if (page.seq >= seq) return Promise.resolve(true);
      return new Promise((resolve) => {
        const one = { seq, done };
        const timer = setTimeout(() => done(false), patience);
        function done(came) {
          clearTimeout(timer);
          waiting.delete(one);
          resolve(came);
        }
        waiting.add(one);
      });
    },
  };
  return page;
}
