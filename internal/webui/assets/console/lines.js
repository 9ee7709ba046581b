// The lines of a log on the screen: a bounded number of them.

import { el } from "./dom.js";
import { bytes as sizeOf } from "./format.js";
import { render, plain } from "./ansi.js";

const mostLines = 5000; // while the end is shown
const mostHeld = 15000; // while somebody reads further up
const mostCharacters = 20000; // of a line

const decoder = new TextDecoder();
const lineFeed = 10;

// Lines keeps for each line how many bytes it was, so that what is dropped from
// the top can be read again.
export class Lines {
  constructor(box, added) {
    this.box = box;
    this.added = added; // called with each new element
    this.clear();
  }

  clear() {
    this.box.replaceChildren();
    this.state = plain();
    this.rest = new Uint8Array();
    this.partial = null;
    this.sizes = [];
    this.dropped = 0; // bytes, since it was asked last
  }

  // split cuts bytes into whole lines and a rest.
  static split(bytes) {
    const lines = [];
    let from = 0;
    for (let at; (at = bytes.indexOf(lineFeed, from)) >= 0; from = at + 1) lines.push(bytes.subarray(from, at + 1));
    return { lines, rest: bytes.subarray(from) };
  }

  // text returns what a line says. What was written over is not there any more.
  static text(bytes) {
    const text = decoder.decode(bytes).replace(/\r*\n$/, "");
    return text.slice(text.lastIndexOf("\r") + 1);
  }

  line(bytes, state) {
    let text = Lines.text(bytes);
    let more = "";
    if (text.length > mostCharacters) {
      more = ` … ${text.length - mostCharacters} more characters`;
      text = text.slice(0, mostCharacters);
    }
    const element = el("div", { class: "line" });
    element.append(render(text, state));
    if (more) element.append(el("span", { class: "cut" }, more));
    return element;
  }

  // append adds bytes at the end; a line that is not finished is shown, too.
  append(bytes) {
    const all = new Uint8Array(this.rest.length + bytes.length);
    all.set(this.rest);
    all.set(bytes, this.rest.length);
    const { lines, rest } = Lines.split(all);
    this.partial?.remove();
    this.partial = null;
    const fresh = document.createDocumentFragment();
    for (const b of lines.slice(-mostLines)) {
      const element = this.line(b, this.state);
      this.sizes.push(b.length);
      this.added(element);
      fresh.append(element);
    }
    this.rest = rest.slice(-(1 << 20));
    if (rest.length > 0) {
      this.partial = this.line(rest, { ...this.state, styles: new Set(this.state.styles) });
      fresh.append(this.partial);
    }
    this.box.append(fresh);
  }

  // prepend adds bytes at the beginning. If they do not begin with a line, what
  // is before the first line is returned, to be read with what is before it.
  prepend(bytes, isStart) {
    const { lines, rest } = Lines.split(bytes);
    if (rest.length > 0) lines.push(rest);
    const head = !isStart && lines.length > 1 ? lines.shift().length : 0;
    const state = plain();
    const fresh = document.createDocumentFragment();
    for (const b of lines) {
      const element = this.line(b, state);
      this.added(element);
      fresh.append(element);
    }
    this.sizes.unshift(...lines.map((b) => b.length));
    this.box.prepend(fresh);
    return head;
  }

  note(text) {
    this.partial?.remove();
    this.partial = null;
    this.rest = new Uint8Array();
    this.state = plain();
    this.box.append(el("div", { class: "line skip", role: "note" }, text));
    this.sizes.push(0);
  }

  skipped(n) {
    this.note(`⋯ ${sizeOf(n)} skipped: more is written than can be shown ⋯`);
    this.sizes[this.sizes.length - 1] = n;
  }

  // gap puts a note at the top that stands for bytes which have been searched for a text
  // and are not shown.
  gap(n, text) {
    const note = el("div", { class: "line skip gap", role: "note" }, `⋯ ${sizeOf(n)} without “${text}” ⋯`);
    note.text = text;
    this.box.prepend(note);
    this.sizes.unshift(n);
  }

  // takeGap removes such a note from the top, and returns what it stands for.
  takeGap(text) {
    if (this.box.firstElementChild?.text !== text) return 0;
    this.box.firstElementChild.remove();
    return this.sizes.shift();
  }

  // restart says that only the last so many bytes are from the file that is followed now;
  // it returns how many of them are in no line.
  restart(fresh) {
    let left = fresh - this.rest.length, i = this.sizes.length;
    while (i > 0 && left >= this.sizes[i - 1]) left -= this.sizes[--i];
    this.sizes.fill(0, 0, i);
    return Math.max(0, left);
  }

  // trim drops lines at the top; it reports how many bytes that were.
  trim(atEnd) {
    const excess = this.sizes.length - (atEnd ? mostLines : mostHeld);
    let dropped = 0;
    for (let i = 0; i < excess; i++) {
      this.box.firstElementChild.remove();
      dropped += this.sizes[i];
    }
    if (excess > 0) this.sizes.splice(0, excess);
    return dropped;
  }
}
