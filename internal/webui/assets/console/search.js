// Searching in the lines of a log: what matches is marked, without touching the
// text, and only that can be shown. What is further up has not been read; it is
// searched when it is asked for.

import { el, setText } from "./dom.js";
import { bytes as sizeOf } from "./format.js";

export class Search {
  // beyond knows what has not been read: left() is how many bytes that are, read() how
  // many have been, and search(text, wanted, tell) looks for a match in it.
  constructor(box, beyond) {
    this.box = box;
    this.beyond = beyond;
    this.text = "";
    this.at = null;
    this.ranges = typeof Highlight === "function" ? new Highlight() : null;
    if (this.ranges) CSS.highlights.set("found", this.ranges);
    this.field = el("input", { type: "search", placeholder: "Search", "aria-label": "Search in the log", autocomplete: "off", spellcheck: "false" });
    this.count = el("span", { class: "count", role: "status" });
    this.only = el("input", { type: "checkbox" });
    this.more = el("button", { type: "button", class: "further", hidden: true, title: "Search in what is further up in the log", onclick: () => this.further() }, "Search older");
    this.element = el("span", { class: "searching" }, this.field, this.count,
      el("button", { type: "button", title: "Previous match", "aria-label": "Previous match", onclick: () => this.go(-1) }, "↑"),
      el("button", { type: "button", title: "Next match", "aria-label": "Next match", onclick: () => this.go(1) }, "↓"), this.more,
      el("label", { class: "check" }, this.only, " only matches"));
    this.field.addEventListener("input", () => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.start(), 120);
    });
    this.field.addEventListener("keydown", (e) => {
      if (e.key === "Enter") this.entered(e.shiftKey ? 1 : -1);
      if (e.key === "Escape") {
        this.field.value = "";
        this.start();
        this.field.blur();
      }
    });
    this.only.addEventListener("change", () => this.box.classList.toggle("onlymatches", this.only.checked && this.text !== ""));
  }

  start() {
    this.text = this.field.value.toLowerCase();
    this.looking = null;
    this.ranges?.clear();
    this.at?.classList.remove("at");
    this.at = null;
    this.hits = 0;
    for (const line of this.box.children) this.test(line);
    this.box.classList.toggle("onlymatches", this.only.checked && this.text !== "");
    this.show();
    if (this.hits > 0) this.go(-1);
  }

  // entered goes on; who is quick has not been heard yet.
  entered(step) {
    if (this.field.value.toLowerCase() === this.text) return this.go(step);
    clearTimeout(this.soon);
    this.start();
    if (this.hits === 0) this.go(-1);
  }

  // test marks a line if it matches.
  test(line) {
    const content = this.text && !line.matches(".skip") ? line.textContent.toLowerCase() : "";
    const hit = this.text !== "" && content.includes(this.text);
    line.classList.toggle("hit", hit);
    if (!hit) return;
    this.hits++;
    if (this.ranges) this.mark(line, content);
  }

  mark(line, content) {
    const nodes = [];
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let at = 0; walker.nextNode(); at += walker.currentNode.length) nodes.push([at, walker.currentNode]);
    const point = (offset) => nodes.findLast(([at]) => at <= offset);
    for (let from = 0, found; (found = content.indexOf(this.text, from)) >= 0; from = found + this.text.length) {
      const range = new StaticRange({
        startContainer: point(found)[1], startOffset: Math.min(found - point(found)[0], point(found)[1].length),
        endContainer: point(found + this.text.length - 1)[1],
        endOffset: Math.min(found + this.text.length - point(found + this.text.length - 1)[0], point(found + this.text.length - 1)[1].length),
      });
      this.ranges.add(range);
    }
  }

  added(line) { if (this.text) this.test(line); }

  // recount is called when lines have come or gone.
  recount() {
    if (!this.text) return;
    const hits = this.marked();
    this.hits = hits.length;
    this.show(hits.indexOf(this.at) + 1);
  }

  marked() { return [...this.box.querySelectorAll(".line.hit")]; }

  // further goes to the last match in what has not been read. Who types something else
  // meanwhile looks for that.
  async further() {
    const text = this.text, first = this.marked()[0] ?? null;
    if (this.looking === text) return;
    this.looking = text;
    const wanted = () => this.looking === text && this.text === text;
    const found = await this.beyond.search(text, wanted, (n) => { if (wanted()) setText(this.count, `searching, ${sizeOf(n)} …`); });
    if (!wanted()) return;
    this.looking = null;
    if (found) {
      this.at?.classList.remove("at");
      this.at = first;
      this.go(-1);
    } else this.show();
  }

  // go goes to the next match, or the one before; it begins at the end. Before the
  // first one is what has not been read.
  go(step) {
    if (!this.text) return;
    const hits = this.marked();
    if (step < 0 && this.beyond.left() > 0 && (hits.length === 0 || this.at === hits[0])) return this.further();
    this.hits = hits.length;
    this.show();
    if (hits.length === 0) return;
    const at = hits.indexOf(this.at);
    this.at?.classList.remove("at");
    this.at = hits[at < 0 ? hits.length - 1 : (at + step + hits.length) % hits.length];
    this.at.classList.add("at");
    this.at.scrollIntoView({ block: "center" });
    this.show(hits.indexOf(this.at) + 1);
  }

  show(at) {
    const left = this.beyond.left() > 0;
    this.more.hidden = !this.text || !left;
    if (this.looking) return;
    const found = at ? `${at} of ${this.hits}` : `${this.hits} found`;
    setText(this.count, !this.text ? "" : !left ? found : this.hits > 0 ? `${found} so far` : `none in the last ${sizeOf(this.beyond.read())}`);
  }
}
