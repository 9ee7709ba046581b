// A log that is read and followed.

import { el, setText, toast } from "./dom.js";
import { Source } from "./logsource.js";
import { Lines } from "./lines.js";
import { Search } from "./search.js";
import { further } from "./further.js";
import { act } from "./actions.js";
import { bytes as sizeOf } from "./format.js";

const retryAfter = 2000; // milliseconds

export class LogView {
  // place is filled; process is empty for the daemon's own log.
  constructor(place, process, channel) {
    this.process = process;
    this.box = el("div", { class: "lines", role: "log", "aria-live": "off", "aria-label": "Log", tabindex: "0" });
    this.search = new Search(this.box, {
      left: () => this.source.start,
      read: () => this.source.end - this.source.start,
      search: (text, wanted, tell) => this.searchOlder(text, wanted, tell),
    });
    this.lines = new Lines(this.box, (line) => this.search.added(line));
    this.older = el("button", { type: "button", class: "older", hidden: true, onclick: () => this.readOlder() });
    this.status = el("span", { class: "status", role: "status" });
    this.pauseButton = el("button", { type: "button", class: "pause", "aria-pressed": "false", onclick: () => this.pause(!this.paused) }, "Pause");
    this.end = el("button", { type: "button", class: "end", onclick: () => this.toEnd() }, "Jump to end");
    this.wrap = el("input", { type: "checkbox" });
    this.wrap.checked = true;
    this.wrap.addEventListener("change", () => this.box.classList.toggle("nowrap", !this.wrap.checked));
    this.download = el("a", { class: "button download", download: "" }, "Download");
    const bar = el("div", { class: "logbar", role: "group", "aria-label": "Log" }, this.search.element, this.end, this.status,
      this.pauseButton, el("label", { class: "check wrap" }, this.wrap, " wrap"), this.download);
    if (process) {
      bar.append(el("button", { type: "button", class: "clear", onclick: () => this.clear() }, "Clear"));
    }
    this.scroller = el("div", { class: "scroller" }, this.older, this.box);
    place.replaceChildren(bar, this.scroller);
    this.box.addEventListener("scroll", () => this.scrolled());
    document.addEventListener("visibilitychange", () => this.seen());
    addEventListener("pagehide", () => this.source.close());
    this.open(channel);
  }

  open(channel) {
    this.source?.close();
    this.channel = channel;
    this.source = new Source(this.process, channel);
    this.download.href = this.source.url("log", { download: "1" });
    this.atEnd = true;
    this.read();
  }

  // read shows the end of the log, and follows it.
  async read() {
    const source = this.source;
    this.say("reading");
    let bytes;
    try {
      bytes = await source.tail();
    } catch {
      return this.later("cannot reach the daemon");
    }
    if (source !== this.source) return;
    this.lines.clear();
    if (bytes === null) return this.later("there is no log");
    if (source.start > 0) source.start += this.skipHead(bytes);
    else this.lines.append(bytes);
    this.showOlder();
    this.search.recount();
    this.toEnd();
    this.follow();
  }

  // skipHead appends all but the first line, which is not whole; it returns the
  // length of that.
  skipHead(bytes) {
    const feed = bytes.indexOf(10);
    const head = feed < 0 || feed === bytes.length - 1 ? 0 : feed + 1;
    this.lines.append(bytes.subarray(head));
    return head;
  }

  follow() {
    if (this.paused || document.visibilityState === "hidden") return;
    const source = this.source;
    source.follow((bytes, skipped, fresh) => this.more(bytes, skipped, fresh),
      () => this.say("following"),
      () => this.later("connection lost"));
  }

  later(why) {
    this.say(why);
    clearTimeout(this.again);
    this.again = setTimeout(() => this.resume(), retryAfter);
  }

  // resume goes on after an interruption: without a gap if that is possible.
  async resume() {
    if (this.paused || document.visibilityState === "hidden" || this.source.stream) return;
    const source = this.source;
    let goesOn;
    try {
      goesOn = await source.continues();
    } catch {
      return this.later("cannot reach the daemon");
    }
    if (source !== this.source || source.stream) return;
    if (goesOn) this.follow();
    else this.read();
  }

  more(bytes, skipped, fresh) {
    if (skipped > 0) this.lines.skipped(skipped);
    this.lines.append(bytes);
    if (fresh !== undefined) this.source.start = this.lines.restart(fresh);
    this.source.start += this.lines.trim(this.atEnd);
    this.showOlder();
    this.search.recount();
    if (this.atEnd) this.box.scrollTop = this.box.scrollHeight;
    else setText(this.end, "Jump to end ↓");
  }

  scrolled() {
    this.atEnd = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 8;
    this.end.classList.toggle("away", !this.atEnd);
    if (this.atEnd) setText(this.end, "Jump to end");
    if (this.box.scrollTop === 0 && this.box.scrollHeight > this.box.clientHeight) this.readOlder();
  }

  toEnd() {
    this.atEnd = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.scrolled();
  }

  showOlder() {
    this.older.hidden = this.source.start === 0;
    setText(this.older, `Show older (${sizeOf(this.source.start)} before this)`);
  }

  readOlder() {
    const source = this.source;
    return this.before(async () => {
      const bytes = await source.older();
      if (source !== this.source) return false;
      if (bytes === null) return null;
      const height = this.box.scrollHeight - this.box.scrollTop;
      source.start += this.lines.prepend(bytes, source.start === 0);
      this.box.scrollTop = this.box.scrollHeight - height;
      return true;
    });
  }

  async searchOlder(text, wanted, tell) {
    while (this.reading) await this.reading; // a page that was scrolled to, or a search that is over
    const source = this.source;
    return this.before(() => further(source, this.lines, text, () => source === this.source && wanted(), tell));
  }

  // before reads something that is older, by a function that resolves to null if the
  // file is another one by now.
  async before(read) {
    const source = this.source;
    if (source.start === 0 || this.reading) return false;
    let done;
    this.reading = new Promise((resolve) => { done = resolve; });
    try {
      const got = await read();
      if (source !== this.source) return false;
      if (got === null) {
        source.start = 0;
        toast("The log has been rotated or cleared; what is older is not in it any more.");
      }
      this.showOlder();
      this.search.recount();
      return got;
    } catch {
      toast("The daemon could not be reached.", [], true);
      return false;
    } finally {
      this.reading = null;
      done();
    }
  }

  pause(yes) {
    this.paused = yes;
    this.pauseButton.setAttribute("aria-pressed", String(yes));
    setText(this.pauseButton, yes ? "Resume" : "Pause");
    if (yes) {
      this.source.close();
      this.say("paused");
    } else this.resume();
  }

  seen() {
    if (document.visibilityState === "hidden") this.source.close();
    else this.resume();
  }

  async clear() {
    if (!await act("clearlog", { names: [this.process] })) return;
    this.read();
  }

  say(what) { setText(this.status, what); this.status.dataset.state = what; }
}
