// The connection to the daemon: what it sends, whether it is there, and the
// clock of the page. There is a connection only while the page can be seen.

import { setText, announce } from "./dom.js";
import { at } from "./address.js";
import { setZone } from "./format.js";

const silence = 8000; // milliseconds; the daemon says something every second
const firstRetry = 500;
const lastRetry = 8000;

export class Live extends EventTarget {
  // query is what is added to the address of the events, like "happenings=1".
  constructor(query = "") {
    super();
    this.query = query;
    this.skew = 0; // milliseconds by which the daemon's clock is ahead of ours
    this.retry = firstRetry;
    document.addEventListener("visibilitychange", () => this.seen());
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", () => this.seen());
    addEventListener("online", () => this.open());
    setInterval(() => this.watch(), 1000);
    this.seen();
  }

  // now is the daemon's time in milliseconds.
  now() { return Date.now() + this.skew; }

  seen() {
    if (document.visibilityState === "hidden") this.close();
    else this.open();
  }

  open() {
    if (this.source) return;
    clearTimeout(this.again);
    this.heard = Date.now();
    const source = new EventSource(at("console/events" + (this.query ? "?" + this.query : "")));
    this.source = source;
    for (const kind of ["hello", "processes", "loads", "curves", "notices", "happening"]) {
      source.addEventListener(kind, (e) => this.received(kind, JSON.parse(e.data)));
    }
    source.addEventListener("error", () => { if (this.source === source) this.lose(); });
  }

  received(kind, data) {
    this.heard = Date.now();
    if (data.now) this.skew = data.now - Date.now();
    if (kind === "hello") {
      this.retry = firstRetry;
      setZone(data.zone);
      this.show("live", "live");
    }
    this.dispatchEvent(new MessageEvent(kind, { data }));
  }

  close() {
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
  }

  lose() {
    this.close();
    this.show("lost", "connection lost");
    this.again = setTimeout(() => this.open(), this.retry);
    this.retry = Math.min(2 * this.retry, lastRetry);
  }

  // watch notices a connection that is dead without having been closed.
  watch() {
    if (this.source && Date.now() - this.heard > silence) this.lose();
    if (document.visibilityState !== "hidden") this.dispatchEvent(new Event("second"));
  }

  show(state, word) {
    const indicator = document.getElementById("connection");
    if (indicator.className === state) return;
    const before = indicator.className;
    indicator.className = state;
    setText(indicator.querySelector(".word"), word);
    document.documentElement.classList.toggle("stale", state === "lost");
    if (before === "lost" || state === "lost") announce(state === "live" ? "connected again" : word);
  }
}
