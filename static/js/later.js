/**
 * What a module that comes later gets to work with.
 *
 * @typedef {object} Board
 * @property {Document} doc
 * @property {ReturnType<import('./page.js').openPage>} page
 * @property {(href: string, from?: string) => Promise<void>} go shows another view, of a form's answer only
 *   if the reader is still in the view that it is from
 * @property {(href: string) => Promise<boolean>} replace shows another view in the place of this one
 * @property {string} api where the instance's API is
 * @property {ReturnType<import('./announce.js').openAnnouncer>} announce
 * @property {ReturnType<import('./clock.js').openClock>} clock
 * @property {ReturnType<typeof openLater>['use']} [use] brings another module
 */

/**
 * Opens the modules that a reader does not need at first, when they are wanted.
 * Each has a function open(board), which is called once and returns what the
 * trigger calls; one with a stylesheet of its own has it beside the others,
 * under the same name.
 *
 * Whatever changes the page says so with the event board-changed at the document.
 *
 * @param {Board} board
 * @param {(name: string) => Promise<any>} [load]
 */
export function openLater(board, load = (name) => import(`./${name}.js`)) {
  const { doc } = board;
  const opened = new Map();

  /** Opens a module, or returns it if it was opened before; quiet where a failure is no news. */
  function use(name, { styled, quiet } = {}) {
    if (!opened.has(name)) {
      const ready = Promise.all([load(name), styled && style(doc, name)]);
      opened.set(name, ready.then(([module]) => module.open({ ...board, use })));
      opened.get(name).catch((error) => {
        // The next try may be luckier: the line may have been down.
        opened.delete(name);
        if (!quiet) console.error(error);
      });
    }
    return opened.get(name);
  }
  return { use };
}

function style(doc, name) {
  const link = doc.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL(`../css/${name}.css`, import.meta.url).href;
  return new Promise((done) => {
    // Without it the module still works.
    link.onload = done;
    link.onerror = done;
    doc.head.append(link);
  });
}
