/** How many things may flash at a time: where everything does, nothing stands out. */
const MOST = 12;
/** As long as the animation in state.css, in milliseconds. */
const FLASH = 1300;

/**
 * Draws the eye to what happened: a state that flipped, an event that came.
 *
 * @param {ReturnType<import('./announce.js').openAnnouncer>} announce
 * @param {(run: () => void, ms: number) => any} later
 */
export function openNews(announce, later = setTimeout) {
  let flashing = 0;

  function flash(element) {
    if (flashing === MOST || element.hasAttribute('data-news')) return;
    flashing += 1;
    element.setAttribute('data-news', '');
    later(() => {
      flashing -= 1;
      element.removeAttribute('data-news');
    }, FLASH);
  }

  /**
   * @param {Element} element that came, or changed
   * @param {{health?: string, phase?: string}|null} was its data before, null if it came
   */
  return function arrived(element, was) {
    const { classList, dataset } = element;
    if (was) {
      if (classList.contains('face') && (was.health !== dataset.health || was.phase !== dataset.phase)) flash(element);
    } else if (classList.contains('event')) {
      flash(element);
      const words = element.querySelector('.words');
      announce({
        text: words.textContent, kind: dataset.kind, name: words.querySelector('.name')?.textContent, others: Number(dataset.others ?? 0),
      });
    }
  };
}
