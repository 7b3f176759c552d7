/**
 * Loads what goes with a board that is larger than its window, when it is first
 * needed: the small map, and the camera that follows the events.
 *
 * @param {Document} doc
 * @param {object} options
 * @param {(point: {x: number, y: number}) => void} options.go moves the camera at once
 * @param {(point: {x: number, y: number}) => void} options.follow moves it smoothly
 */
export function openOverview(doc, { go, follow }) {
  let map = null;
  let asked = false;
  let last = [];
  let follower = null;

  function load() {
    asked = true;
    import('./minimap.js').then(
      ({ openMinimap }) => {
        map = openMinimap(doc, go);
        map.look(...last);
      },
      (error) => console.info(`callboard: no map: ${error.message}`),
    );
  }

  doc.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-follow]');
    if (!button) return;
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(on));
    follower ??= import('./follow.js').then(({ openFollower }) => openFollower(doc, follow));
    (await follower).turn(button.getAttribute('aria-pressed') === 'true');
  });

  return {
    /** What the camera sees now; large says that a part of the board is out of sight. */
    look(camera, board, room, large) {
      last = [camera, board, room, large];
      if (map) map.look(...last);
      else if (large && !asked) load();
    },
  };
}
