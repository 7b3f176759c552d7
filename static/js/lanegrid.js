/**
 * The index of the number that is nearest to x; -1 if there is none.
 *
 * @param {number[]} list in order
 * @param {number} x
 */
export function nearest(list, x) {
  let best = -1;
  for (const [i, at] of list.entries()) {
    if (best < 0 || Math.abs(at - x) < Math.abs(list[best] - x)) best = i;
  }
  return best;
}

/**
 * Where a key leads from one event to another. Lanes without events are passed
 * over.
 *
 * @param {number[][]} lanes where the events of each lane are
 * @param {{lane: number, index: number}} at
 * @param {string} key as in KeyboardEvent.key
 * @returns {{lane: number, index: number}|null} null if the key means nothing
 */
export function step(lanes, at, key) {
  const own = lanes[at.lane];
  const within = (index) => ({ lane: at.lane, index: Math.min(Math.max(index, 0), own.length - 1) });
  const across = (by) => {
    let lane = at.lane + by;
    while (lanes[lane]?.length === 0) lane += by;
    return lanes[lane] ? { lane, index: nearest(lanes[lane], own[at.index]) } : at;
  };
  const moves = {
    ArrowLeft: () => within(at.index - 1),
    ArrowRight: () => within(at.index + 1),
    Home: () => within(0),
    End: () => within(own.length - 1),
    ArrowUp: () => across(-1),
    ArrowDown: () => across(1),
  };
  return Object.hasOwn(moves, key) ? moves[key]() : null;
}

/**
 * Makes the drawing one stop of the Tab key, in which the arrow keys go from
 * event to event, and gives a click to the nearest event of its lane: columns
 * are narrower than a finger.
 *
 * @param {Element} place that holds the drawing, now or later
 * @param {(seq: number) => void} choose
 */
export function openLaneGrid(place, choose) {
  let last = ''; // the id of the event that had the focus
  const ticksOf = (lane) => [...lane.querySelectorAll('.tick')];
  const placeOf = (tick) => Number(tick.dataset.x);

  /** Sees to it that exactly one event can be reached by Tab. */
  function settle() {
    const ticks = [...place.querySelectorAll('.tick')];
    const stop = ticks.find(({ id }) => id === last)
      ?? ticks.find((tick) => tick.hasAttribute('aria-current'))
      ?? ticks.reduce((best, tick) => (best && placeOf(best) >= placeOf(tick) ? best : tick), null);
    for (const tick of ticks) tick.setAttribute('tabindex', tick === stop ? '0' : '-1');
    return stop;
  }

  function focus(tick) {
    last = tick.id;
    settle();
    tick.focus({ preventScroll: true });
    reveal(tick);
  }

  /** Brings an event out from under the names and the clock. */
  function reveal(tick) {
    const room = place.querySelector('#lanes');
    const [box, view] = [tick.getBoundingClientRect(), room.getBoundingClientRect()];
    const head = room.querySelector('.lane-head').offsetWidth;
    const top = room.querySelector('.lanes-axis').offsetHeight;
    const margin = 24;
    if (box.left < view.left + head + margin) room.scrollLeft += box.left - view.left - head - margin;
    else if (box.right > view.right - margin) room.scrollLeft += box.right - view.right + margin;
    if (box.top < view.top + top) room.scrollTop += box.top - view.top - top;
    else if (box.bottom > view.bottom - margin) room.scrollTop += box.bottom - view.bottom + margin;
  }

  place.addEventListener('keydown', (event) => {
    const tick = event.target.closest('.tick');
    if (!tick || event.ctrlKey || event.metaKey || event.altKey) return;
    const lanes = [...place.querySelectorAll('.lane')].map(ticksOf);
    const lane = lanes.findIndex((list) => list.includes(tick));
    const to = step(lanes.map((list) => list.map(placeOf)), { lane, index: lanes[lane].indexOf(tick) }, event.key);
    if (!to) return;
    event.preventDefault();
    focus(lanes[to.lane][to.index]);
  });
  place.addEventListener('focusin', (event) => {
    const tick = event.target.closest('.tick');
    if (!tick || tick.id === last) return;
    last = tick.id;
    settle();
  });
  place.addEventListener('click', (event) => {
    const drawing = event.target.closest('.lane-drawing');
    if (!drawing || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const ticks = ticksOf(drawing);
    // Enter clicks as well, on the event itself and at no place.
    const tick = event.target.closest('.tick') ?? ticks[nearest(ticks.map(placeOf), event.clientX - drawing.getBoundingClientRect().x)];
    if (!tick) return;
    focus(tick);
    choose(Number(tick.dataset.seq));
  });
  return { settle, reveal };
}
