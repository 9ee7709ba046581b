// The page of the daemon.

import { el, setText, ask } from "./dom.js";
import { at } from "./address.js";
import { Live } from "./live.js";
import { LogView } from "./log.js";
import { post } from "./actions.js";
import { page } from "./page.js";
import { timeOfDay } from "./format.js";

const mostEvents = 500;
const live = new Live("happenings=1");
const log = new LogView(document.getElementById("log"), "", "stdout");

// What differs is rendered by the daemon.
const drift = document.getElementById("drift");
async function look() {
  try {
    const answer = await fetch(at("daemon.html"), { cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("drift");
    drift.replaceChildren(...document.adoptNode(fresh).childNodes);
  } catch {
    // The indicator shows that the connection is lost.
  }
}

drift.addEventListener("submit", async (e) => {
  e.preventDefault();
  const what = [...drift.querySelectorAll(".drift > li")].map((li) => li.firstChild.textContent + li.childNodes[1].textContent);
  if (!await ask("Update what runs to what the file says?", "Update", what)) return;
  await post(new URLSearchParams({ action: "update" }));
  look();
});
document.getElementById("recheck").addEventListener("click", (e) => {
  e.preventDefault();
  look();
});

const events = document.getElementById("events");
live.addEventListener("happening", ({ data }) => {
  events.querySelector(".empty")?.remove();
  const atEnd = events.scrollHeight - events.scrollTop - events.clientHeight < 8;
  if (data.lost) events.append(el("div", { class: "event skip" }, `${data.lost} events skipped: they came too fast`));
  const link = data.subject ? el("a", { href: `program.html?processname=${encodeURIComponent(data.subject)}` }, data.subject) : "";
  events.append(el("div", { class: "event" }, el("time", {}, timeOfDay(data.at)), el("span", { class: "type" }, data.type), el("span", { class: "subject" }, link), el("span", { class: "detail" }, data.detail.trim())));
  while (events.children.length > mostEvents) events.firstElementChild.remove();
  if (atEnd) events.scrollTop = events.scrollHeight;
  if (data.type.startsWith("PROCESS_GROUP")) look();
});
live.addEventListener("processes", ({ data }) => setText(document.getElementById("daemonstate"), data.daemon));

page({
  u: ["look again what differs", look],
  "/": ["search in the log", () => log.search.field.focus()],
  p: ["pause or resume the log", () => log.pause(!log.paused)],
}, live);
