/** How late a message may be without the clock being set by it, in milliseconds. */
const LATE = 1000;

/**
 * The server's clock, as far as the reader's one leads to it, and a count of
 * milliseconds for what is measured on the page alone. All that subtracts times
 * asks one of the two: the reader's clock may be wrong, and may be set at any time.
 *
 * @param {() => number} [wall] the reader's clock
 * @param {() => number} [run] milliseconds that run on evenly, but may stand still in sleep
 */
export function openClock(wall = Date.now, run = () => performance.now()) {
  let offset = NaN;
  let count = 0;
  let [lastWall, lastRun] = [wall(), run()];

  return {
    /** Takes over the server's time. A message comes late or in time, never early. */
    heard(time) {
      const next = Date.parse(time) - wall();
      // What is no time is not greater, nor less.
      if (next > offset || next < offset - LATE || Number.isNaN(offset)) offset = next;
    },
    /** The server's time in milliseconds, NaN as long as it has not told it. */
    now: () => wall() + offset,
    /**
     * Milliseconds since some moment. They count what was slept through, and
     * never go back.
     */
    ticks() {
      const [nowWall, nowRun] = [wall(), run()];
      count += Math.max(nowWall - lastWall, nowRun - lastRun, 0);
      [lastWall, lastRun] = [nowWall, nowRun];
      return count;
    },
  };
}
