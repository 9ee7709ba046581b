// The page of a log.

import { Live } from "./live.js";
import { LogView } from "./log.js";
import { page } from "./page.js";

const place = document.getElementById("log");
document.getElementById("plain").remove();
const live = new Live(place.dataset.process ? new URLSearchParams({ processname: place.dataset.process }).toString() : "");
const log = new LogView(place, place.dataset.process, place.dataset.channel);

page({
  "/": ["search", () => log.search.field.focus()],
  n: ["next match", () => log.search.go(1)],
  N: ["previous match", () => log.search.go(-1)],
  p: ["pause or resume", () => log.pause(!log.paused)],
  G: ["jump to the end", () => log.toEnd()],
  w: ["wrap", () => log.wrap.click()],
}, live);
