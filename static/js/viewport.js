import { centre, coordinate, fit, hold as within, level, middle, opening, overflows, pan, zoomAt } from './camera.js';
import { openOverview } from './overview.js';

/** How far a finger moves before it is no tap, in pixels. */
const TAP = 8;
/** How far an arrow key moves the board, in pixels. */
const STEP = 60;

/**
 * Moves and scales the board: drag, wheel, wheel with Ctrl, buttons, arrows. It
 * moves by itself only where the window's size changes before the reader has
 * moved it, and where the reader has it follow the events. Without it the window scrolls as any other.
 *
 * @param {Document} doc
 */
export function openViewport(doc) {
  let camera = null;
  let opened = null; // the camera as it was at first
  let room = { width: 0, height: 0 };
  const pointers = new Map();
  const wide = doc.defaultView.matchMedia('(min-width: 60rem)');

  // What stands above and below the board may grow, too: that moves no camera.
  const rooms = new doc.defaultView.ResizeObserver(() => {
    if (!camera || !view()?.clientWidth) return;
    measure();
    place(camera);
  });
  const view = () => doc.getElementById('viewport');
  const board = () => doc.getElementById('board');

  const overview = openOverview(doc, {
    go: (point) => apply(centre(camera, sizes()[1], point)),
    follow: (point) => camera && glide(centre(camera, sizes()[1], point)),
  });

  function apply(next) {
    if (view().dataset.camera === 'glide') view().setAttribute('data-camera', 'still');
    place(next);
  }

  function glide(next) {
    view().setAttribute('data-camera', 'glide');
    place(next);
  }

  function place(wish) {
    const [whole, space] = sizes();
    camera = within(wish, whole, space);
    board().style.transform = `translate(${camera.x}px, ${camera.y}px) scale(${camera.k})`;
    const now = level(camera.k);
    if (board().dataset.scale !== now) board().setAttribute('data-scale', now);
    overview.look(camera, whole, space, overflows(camera, whole, space));
  }

  function fitted() {
    const [whole, space] = sizes();
    apply(middle(fit(whole, space), whole, space));
  }

  function sizes() {
    const canvas = doc.getElementById('canvas');
    return [
      { width: Number(canvas.getAttribute('width')), height: Number(canvas.getAttribute('height')) },
      room,
    ];
  }

  /** Asks for the size of the window: without the padding, and the buttons below. */
  function measure() {
    room = { width: Math.max(0, view().clientWidth - 48), height: Math.max(0, view().clientHeight - 80) };
  }

  /** Moves just so far that the card can be seen: the reader asked for it. */
  function reveal(card) {
    if (!camera || !card) return;
    const frame = view().getBoundingClientRect();
    const box = card.getBoundingClientRect();
    apply(pan(camera, inside(box.left, box.right, frame.left, frame.right), inside(box.top, box.bottom, frame.top, frame.bottom)));
  }

  /** Takes over a board that came with the page, or came back. */
  function attach() {
    // No size: it is hidden, and there is nothing to fit yet.
    if (!view()?.clientWidth) return;
    measure();
    if (!view().hasAttribute('data-camera')) {
      view().setAttribute('data-camera', 'still');
      view().scrollTo(0, 0);
      listen(view());
      rooms.disconnect();
      rooms.observe(view());
    }
    doc.getElementById('zoom').hidden = false;
    if (camera) apply(camera);
    else open();
  }

  function open() {
    const roots = [...doc.querySelectorAll('.card[data-x="0"]')].map((card) => coordinate(card.dataset.y));
    apply(opening(...sizes(), roots));
    reveal(doc.querySelector('.face[aria-current="true"]'));
    opened = camera;
  }

  // A camera that the reader has not touched suits the window.
  function resized() {
    if (!camera) return attach();
    if (!view()?.clientWidth) return;
    measure();
    if (camera === opened) open();
    else apply(camera);
  }

  function zoom(factor, point) {
    const box = view().getBoundingClientRect();
    apply(zoomAt(camera, factor, point ?? { x: box.width / 2, y: box.height / 2 }));
  }

  function listen(element) {
    element.addEventListener('wheel', (event) => {
      const zooms = event.ctrlKey || event.metaKey;
      // Where the whole page scrolls, the wheel belongs to the page.
      if (!zooms && !wide.matches) return;
      event.preventDefault();
      if (!zooms) return apply(pan(camera, -event.deltaX, -event.deltaY));
      const box = element.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - box.x - 24, y: event.clientY - box.y - 24 });
    }, { passive: false });
    // Where the browser scrolls to show what has the focus, the camera goes.
    element.addEventListener('scroll', () => {
      const { scrollLeft, scrollTop } = element;
      if (!scrollLeft && !scrollTop) return;
      element.scrollTo(0, 0);
      apply(pan(camera, -scrollLeft, -scrollTop));
    });
    // That is not possible to the left of the board and above it.
    element.addEventListener('focusin', (event) => {
      if (event.target.matches('.face:focus-visible')) reveal(event.target);
    });
    element.addEventListener('pointerdown', grab);
    element.addEventListener('pointermove', drag);
    for (const end of ['pointerup', 'pointercancel']) element.addEventListener(end, release);
    element.addEventListener('keydown', key);
  }

  function grab(event) {
    if (event.button !== 0) return;
    const touches = event.pointerType === 'touch' && !event.target.closest('button');
    if (!touches && event.target.closest('a, button')) return;
    const at = { x: event.clientX, y: event.clientY };
    pointers.set(event.pointerId, { ...at, from: at, rests: touches });
    if (!touches || pointers.size > 1) hold(event);
  }

  // From then on it is no tap on what is below.
  function hold({ pointerId }) {
    pointers.get(pointerId).rests = false;
    view().setPointerCapture(pointerId);
    view().setAttribute('data-camera', 'drag');
  }

  function drag(event) {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const here = { x: event.clientX, y: event.clientY, from: last.from, rests: last.rests };
    if (last.rests && Math.hypot(here.x - last.from.x, here.y - last.from.y) < TAP) return;
    if (last.rests) hold(event);
    here.rests = false;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, here);
    if (!other) return apply(pan(camera, here.x - last.x, here.y - last.y));
    const box = view().getBoundingClientRect();
    const far = (p) => Math.hypot(p.x - other.x, p.y - other.y) || 1;
    zoom(far(here) / far(last), { x: other.x - box.x - 24, y: other.y - box.y - 24 });
  }

  function release(event) {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) view().setAttribute('data-camera', 'still');
  }

  const keys = {
    ArrowLeft: () => apply(pan(camera, STEP, 0)),
    ArrowRight: () => apply(pan(camera, -STEP, 0)),
    ArrowUp: () => apply(pan(camera, 0, STEP)),
    ArrowDown: () => apply(pan(camera, 0, -STEP)),
    '+': () => zoom(1.25),
    '-': () => zoom(0.8),
    0: fitted,
  };

  function key(event) {
    if (event.target !== view() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  }

  doc.addEventListener('click', (event) => {
    const wish = event.target.closest('[data-zoom]')?.dataset.zoom;
    if (wish === 'in') zoom(1.25);
    if (wish === 'out') zoom(0.8);
    if (wish === 'fit') fitted();
  });
  doc.defaultView.addEventListener('resize', resized);
  attach();
  return { attach, reveal };
}

/** How far to move what lies from low to high to have it between min and max. */
function inside(low, high, min, max, margin = 16) {
  if (high > max - margin) return max - margin - high;
  return low < min + margin ? min + margin - low : 0;
}
