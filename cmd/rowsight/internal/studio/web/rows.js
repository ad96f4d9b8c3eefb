import { h } from "./dom.js";

// A million rows are shown by making only those that are on the screen, of data
// that is fetched in windows.

/** No browser lays out more than some million pixels: beyond, the scroll bar is scaled. */
const tallest = 12_000_000;

/** Rows shows rows of one height inside an element that scrolls. */
export class Rows {
  /** render makes the element of a row. It may return a placeholder. */
  constructor(viewport, height, render) {
    Object.assign(this, { viewport, height, render, count: 0, made: new Map(), first: 0 });
    this.sizer = h("div", { class: "sizer", role: "presentation" });
    this.body = h("div", { class: "rows", role: "rowgroup" });
    this.sizer.append(this.body);
    viewport.append(this.sizer);
    this.waiting = false;
    viewport.addEventListener("scroll", () => this.soon(), { passive: true });
    this.observer = new ResizeObserver(() => this.soon());
    this.observer.observe(viewport);
  }

  soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.draw(); });
  }

  /** space is the height for rows, without a header that sticks. */
  get space() { return Math.max(this.height, this.viewport.clientHeight - this.sizer.offsetTop); }
  get full() { return this.count * this.height; }
  get scaled() { return Math.min(this.full, tallest); }

  /** top is how far the rows are scrolled, in pixels of rows. */
  get top() {
    const range = this.scaled - this.space;
    if (this.full <= tallest || range <= 0) return Math.min(this.viewport.scrollTop, Math.max(0, this.full - this.space));
    return (this.viewport.scrollTop / range) * (this.full - this.space);
  }

  setCount(n) {
    this.count = n;
    this.sizer.style.setProperty("height", this.scaled + "px");
    this.refresh();
  }

  /** refresh makes all rows anew. */
  refresh() {
    this.made.clear();
    this.body.replaceChildren();
    this.draw();
  }

  /** clear takes the rows off the screen until the next ones are there. */
  clear() {
    this.made.clear();
    this.body.replaceChildren();
  }

  /** renew makes one row anew, if it is on the screen. */
  renew(i) {
    const old = this.made.get(i);
    if (!old) return;
    const el = this.place(i, this.top);
    old.replaceWith(el);
  }

  place(i, top) {
    const el = this.render(i);
    el.style.setProperty("transform", `translateY(${i * this.height - top + this.shift}px)`);
    this.made.set(i, el);
    return el;
  }

  draw() {
    if (!this.viewport.isConnected) return;
    const top = this.top;
    const scroll = Math.min(this.viewport.scrollTop, Math.max(0, this.scaled - this.space));
    this.shift = this.full <= tallest ? top : scroll;
    const from = Math.max(0, Math.floor(top / this.height) - 4);
    const to = Math.min(this.count, Math.ceil((top + this.space) / this.height) + 4);
    this.first = Math.floor(top / this.height);
    for (const [i, el] of this.made) if (i < from || i >= to) { el.remove(); this.made.delete(i); }
    let next = this.body.firstChild;
    for (let i = from; i < to; i++) {
      let el = this.made.get(i);
      if (!el) { el = this.place(i, top); this.body.insertBefore(el, next); }
      else el.style.setProperty("transform", `translateY(${i * this.height - top + this.shift}px)`);
      next = el.nextSibling;
    }
  }

  /** show scrolls so that a row is on the screen. */
  show(i) {
    const y = i * this.height, top = this.top;
    let want = top;
    if (y < top) want = y;
    else if (y + this.height > top + this.space) want = y + this.height - this.space;
    else return;
    if (this.full <= tallest) this.viewport.scrollTop = want;
    else this.viewport.scrollTop = (want / (this.full - this.space)) * (this.scaled - this.space);
    this.draw();
  }

  get page() { return Math.max(1, Math.floor(this.space / this.height) - 1); }

  end() { this.observer.disconnect(); }
}

/** Windows fetches rows by the hundred, those on the screen first. */
export class Windows {
  constructor(load, arrived, size = 100) {
    Object.assign(this, { load, arrived, size, pages: new Map(), loading: new Map(), age: 0 });
  }

  /** get returns a row, or nothing and sees to it that it comes. */
  get(i) {
    const page = Math.floor(i / this.size);
    const rows = this.pages.get(page);
    if (rows) return rows[i - page * this.size];
    this.want(page);
    return undefined;
  }

  /** first waits for the first rows. */
  async first() { if (!this.pages.has(0)) await this.want(0); }

  want(page) {
    if (this.loading.has(page)) return undefined;
    const stop = new AbortController();
    this.loading.set(page, stop);
    for (const [other, controller] of this.loading) // scrolled past
      if (Math.abs(other - page) > 3) { controller.abort(); this.loading.delete(other); }
    const age = this.age;
    return this.load(page * this.size, this.size, stop.signal).then((rows) => {
      if (age !== this.age) return;
      this.loading.delete(page);
      this.pages.set(page, rows);
      if (this.pages.size > 60) this.pages.delete(this.pages.keys().next().value);
      this.arrived(page * this.size, rows.length);
    }, (error) => {
      if (this.loading.get(page) === stop) this.loading.delete(page);
      if (error.name !== "AbortError" && age === this.age) this.arrived(page * this.size, 0, error);
    });
  }

  /** forget drops everything. */
  forget() {
    for (const stop of this.loading.values()) stop.abort();
    this.pages.clear();
    this.loading.clear();
    this.age++;
  }
}
