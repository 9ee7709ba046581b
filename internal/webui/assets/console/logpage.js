// The page of a log.

import { Live } from "./live.js";
import { LogView } from "./log.js";
import { page } from "./page.js";
import { watchPresence } from "./presence.js";

const process = decodeURIComponent(document.getElementById("main").dataset.process);
const live = new Live(process ? new URLSearchParams({ processname: process }).toString() : "");
if (process) watchPresence(live, process);

// There may be no log; the page says why, then.
const place = document.getElementById("log");
let log = null;
if (place) {
  document.getElementById("plain").remove();
  log = new LogView(place, process, place.dataset.channel);
}

page(log === null ? {} : {
  "/": ["search", () => log.search.field.focus()],
  n: ["next match", () => log.search.go(1)],
  N: ["previous match", () => log.search.go(-1)],
  p: ["pause or resume", () => log.pause(!log.paused)],
  G: ["jump to the end", () => log.toEnd()],
  w: ["wrap", () => log.wrap.click()],
}, live);
