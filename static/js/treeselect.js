/**
 * Which directors of the outline are selected. One that stands in several lines
 * is selected in all of them, and counts once.
 *
 * @param {() => void} changed
 */
export function openSelection(changed) {
  let chosen = new Set(); // numbers of directors
  let anchor = ''; // the line from which a range is selected
  let before = chosen; // what was selected when that began

  function become(next) {
    const same = next.size === chosen.size && [...next].every((director) => chosen.has(director));
    chosen = next;
    if (!same) changed();
  }

  return {
    has: (director) => chosen.has(director),
    get size() {
      return chosen.size;
    },
    get directors() {
      return [...chosen];
    },
    /** Selects a line, or no longer; a range may go on from it. */
    toggle({ id, director }) {
      const next = new Set(chosen);
      if (!next.delete(director)) next.add(director);
      become(next);
      anchor = id;
      before = next;
    },
    /**
     * Selects all lines from where the range began, beside what was selected
     * then: what the range has left is selected no longer.
     *
     * @param {{id: string, director: string, dim?: boolean}[]} lines those that are dim only lead to others
     * @param {number} from where it begins, if none has begun
     * @param {number} to
     */
    extend(lines, from, to) {
      let start = lines.findIndex(({ id }) => id === anchor);
      if (start < 0) {
        start = Math.max(from, 0);
        anchor = lines[start].id;
        before = chosen;
      }
      const range = lines.slice(Math.min(start, to), Math.max(start, to) + 1);
      become(new Set([...before, ...range.filter(({ dim }) => !dim).map(({ director }) => director).filter(Boolean)]));
    },
    /** The next range begins anew. */
    settle() {
      anchor = '';
    },
    /** Selects these, and nothing else. */
    only(directors) {
      anchor = '';
      become(new Set(directors));
    },
    /** Lets go of what is not shown any more: nothing is done to what nobody sees. */
    keep(shown) {
      become(new Set([...chosen].filter((director) => shown.has(director))));
    },
  };
}
