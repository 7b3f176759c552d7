/** Just enough of a document for the modules that change one. */
export class FakeElement {
  constructor(id, children = []) {
    this.id = id;
    this.attributes = {};
    this.children = children;
    this.dataset = {};
    for (const child of children) child.parentNode = this;
  }

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  querySelectorAll() {
    return [];
  }

  contains(other) {
    return this === other || this.children.some((child) => child.contains(other));
  }

  querySelector() {
    return null;
  }

  insertBefore(child, next) {
    const at = next ? this.children.indexOf(next) : this.children.length;
    this.children.splice(at, 0, child);
    child.parentNode = this;
  }

  replaceWith(other) {
    const { children } = this.parentNode;
    children[children.indexOf(this)] = other;
    other.parentNode = this.parentNode;
  }

  remove() {
    const { children } = this.parentNode;
    children.splice(children.indexOf(this), 1);
  }

  find(id) {
    if (this.id === id) return this;
    for (const child of this.children) {
      const found = child.find(id);
      if (found) return found;
    }
    return null;
  }
}

/** A document whose templates understand `#id` as an element, perhaps in a drawing. */
export function fakeDocument(root) {
  return {
    root,
    activeElement: null,
    getElementById: (id) => root.find(id),
    createElement: () => ({
      content: {},
      set innerHTML(html) {
        this.content.children = [...html.matchAll(/(<svg>)?(?:<\w+)?#(\w+)/g)].map(([, svg, id]) => {
          const fresh = new FakeElement(id);
          return svg ? Object.assign(new FakeElement('svg', [fresh]), { localName: 'svg' }) : fresh;
        });
      },
    }),
  };
}

export const ids = (element) => element.children.map((child) => child.id);
