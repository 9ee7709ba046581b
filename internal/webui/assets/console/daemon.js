// The page of the daemon.

import { el, setText, ask, toast } from "./dom.js";
import { at } from "./address.js";
import { Live } from "./live.js";
import { LogView } from "./log.js";
import { post } from "./actions.js";
import { page } from "./page.js";
import { timeOfDay } from "./format.js";

const mostEvents = 500;
const live = new Live("happenings=1");
const log = new LogView(document.getElementById("log"), "", "stdout");

// What it is and what differs is rendered by the daemon. It may be another one when
// the connection is back, and the file another one when the page is seen again.
const drift = document.getElementById("drift");
async function look() {
  try {
    const answer = await fetch(at("daemon.html"), { cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of [document.querySelector(".title"), document.getElementById("leftovers"), document.getElementById("facts"), drift]) {
      const fresh = page.querySelector(old.id ? `#${old.id}` : ".title");
      if (!fresh.isEqualNode(old)) old.replaceChildren(...document.adoptNode(fresh).childNodes);
    }
    live.dispatchEvent(new Event("second"));
  } catch {
    // The indicator shows that the connection is lost.
  }
}

drift.addEventListener("submit", async (e) => {
  e.preventDefault();
  await look(); // what is agreed to is what the file says now
  const what = [...drift.querySelectorAll(".drift > li")].map((li) => li.firstChild.textContent + li.childNodes[1].textContent);
  if (what.length === 0) return toast("The file is another one by now; see above what an update would do.");
  if (!await ask("Update what runs to what the file says?", "Update", what)) return;
  await post(new URLSearchParams({ action: "update" }));
  look();
});
async function lookAgain() {
  const before = drift.textContent;
  await look();
  if (drift.textContent === before) toast("The file has been read again; nothing has changed.");
}
document.getElementById("recheck").addEventListener("click", (e) => {
  e.preventDefault();
  lookAgain();
});

let greeted = false;
live.addEventListener("hello", () => {
  if (greeted) look();
  greeted = true;
});

// short leaves out of a payload what stands before it.
const short = (detail) => detail.trim().replace(/^(processname:.* )?groupname:.*?(?= from_state:|$) ?/, "");

// The file may change while somebody reads what differs.
live.addEventListener("notices", look);

const events = document.getElementById("events");
live.addEventListener("happening", ({ data }) => {
  events.querySelector(".empty")?.remove();
  const atEnd = events.scrollHeight - events.scrollTop - events.clientHeight < 8;
  if (data.lost) events.append(el("div", { class: "event skip" }, `${data.lost} events skipped: they came too fast`));
  const link = data.subject ? el("a", { href: `program.html?processname=${encodeURIComponent(data.subject)}` }, data.subject) : "";
  events.append(el("div", { class: "event" }, el("time", {}, timeOfDay(data.at)), el("span", { class: "type" }, data.type), el("span", { class: "subject" }, link), el("span", { class: "detail", title: data.detail.trim() }, short(data.detail))));
  while (events.children.length > mostEvents) events.firstElementChild.remove();
  if (atEnd) events.scrollTop = events.scrollHeight;
  if (data.type.startsWith("PROCESS_GROUP")) look();
});
live.addEventListener("processes", ({ data }) => setText(document.getElementById("daemonstate"), data.daemon));

page({
  u: ["look again what differs", lookAgain],
  "/": ["search in the log", () => log.search.field.focus()],
  p: ["pause or resume the log", () => log.pause(!log.paused)],
}, live);
