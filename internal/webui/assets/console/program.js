// The page of a program.

import { el, announce } from "./dom.js";
import { at } from "./address.js";
import { Live } from "./live.js";
import { Chart } from "./chart.js";
import { LogView } from "./log.js";
import { act } from "./actions.js";
import { page } from "./page.js";
import { watchPresence } from "./presence.js";
import { cpu, memory } from "./format.js";

const name = decodeURIComponent(document.getElementById("main").dataset.process);
const live = new Live(new URLSearchParams({ processname: name }).toString());
const points = 240;
const charts = { cpu: new Chart("CPU", points, 100, 2, cpu), memory: new Chart("Memory", points, 1024, 2, memory) };
document.getElementById("charts").append(charts.cpu.element, charts.memory.element);

// The log, with a tab for each channel that there is.
const place = document.getElementById("log");
const channels = ["stdout", "stderr"].filter((c) => place.dataset[c] === "true");
let log = null;
if (channels.length > 0) {
  const view = el("div");
  const tabs = channels.map((c) => el("button", { type: "button", class: "tab", "aria-pressed": String(c === channels[0]), onclick: () => show(c) }, c));
  const show = (c) => {
    whole.href = `log.html?processname=${encodeURIComponent(name)}&channel=${c}`;
    for (const t of tabs) t.setAttribute("aria-pressed", String(t.textContent === c));
    log.open(c);
  };
  place.append(view);
  log = new LogView(view, name, channels[0]);
  const whole = el("a", { href: `log.html?processname=${encodeURIComponent(name)}&channel=${channels[0]}` }, "Full page");
  document.getElementById("channels").replaceChildren(el("span", { class: "tabs", role: "group", "aria-label": "Channel" }, ...tabs), whole);
}

// What the page says of the state is rendered by the daemon; when the state
// changes, those parts are fetched anew.
const parts = ["state", "note", "why", "pid", "restarts", "exit", "history"];
let fetching = false, again = false;
async function renew() {
  again = fetching;
  if (fetching) return;
  fetching = true;
  try {
    const answer = await fetch(at("program.html?" + new URLSearchParams({ processname: name })), { cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of parts) {
      const fresh = page.getElementById(id), old = document.getElementById(id);
      if (!fresh.isEqualNode(old)) old.replaceChildren(...document.adoptNode(fresh).childNodes);
    }
    const acts = page.querySelector(".title .acts"), old = document.querySelector(".title .acts");
    if (acts.textContent !== old.textContent) {
      const held = old.contains(document.activeElement);
      old.replaceChildren(...document.adoptNode(acts).childNodes);
      if (held) old.querySelector("button")?.focus(); // who uses the keyboard stays where they are
    }
    live.dispatchEvent(new Event("second"));
  } catch {
    // The connection is lost; the indicator says so, and hello will renew.
  } finally {
    fetching = false;
    if (again) renew();
  }
}

// Buttons are forms that work without scripts; with them, nothing is reloaded.
document.querySelector(".title .acts").addEventListener("submit", (e) => {
  e.preventDefault();
  act(e.submitter.value, { names: [name] });
});

let state = null, load = [];
live.addEventListener("processes", ({ data }) => {
  const view = data.set?.[0];
  if (view) {
    if (state !== null && state !== view.state) announce(`${name} is ${view.state.toLowerCase()}`);
    state = view.state;
    document.title = `${view.state.toLowerCase()}: ${name} - Supervisor`;
    renew();
  } else if (data.whole || data.gone?.length) document.title = `gone: ${name} - Supervisor`;
});
watchPresence(live, name);
// What is said of one that waits counts seconds.
let seconds = 0;
live.addEventListener("second", () => {
  if (["BACKOFF", "STOPPING"].includes(state) && ++seconds % 5 === 0) renew();
});
live.addEventListener("curves", ({ data }) => {
  const curve = data[name] ?? [];
  charts.cpu.set(curve.map(([c]) => c));
  charts.memory.set(curve.map(([, m]) => m));
});
live.addEventListener("loads", ({ data }) => {
  load = data.loads?.[name] ?? (data.whole ? [] : load);
  const [all = -1, mem = -1, own = 0, ownMemory = 0, processes = 0] = load; // none: there is no process
  const family = processes > 1 ? (value) => `of ${processes} processes; the first by itself ${value}` : () => "";
  charts.cpu.add(all, family(cpu(own)));
  charts.memory.add(mem, family(memory(ownMemory)));
});

page({
  s: ["start", () => act("start", { names: [name] })],
  r: ["restart", () => act("restart", { names: [name] })],
  t: ["stop", () => act("stop", { names: [name] })],
  l: ["logs", () => { location.href = `log.html?processname=${encodeURIComponent(name)}`; }],
  "/": ["search in the log", () => log?.search.field.focus()],
  p: ["pause or resume the log", () => log?.pause(!log.paused)],
}, live);
