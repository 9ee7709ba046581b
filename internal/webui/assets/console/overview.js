// The overview: the status page, alive.

import { el, setText, announce, toast } from "./dom.js";
import { Live } from "./live.js";
import { Table, kinds, startable, stoppable } from "./table.js";
import { act } from "./actions.js";
import { page } from "./page.js";

const live = new Live();
const table = new Table(actOn, changed, () => live.now(), keep);
const place = document.getElementById("overview");
const title = document.title;
let kind = "";
let seconds = 0;

const search = el("input", {
  type: "search", id: "filter", placeholder: "Filter by name or state", "aria-label": "Filter by name or state", autocomplete: "off", spellcheck: "false",
  oninput: () => { table.look(search.value, kind); keep(); },
});

// The counts of the states are filters, too.
const chips = Object.fromEntries([["", "All"], ["running", "Running"], ["busy", "Changing"], ["down", "Stopped"], ["failing", "Failing"]].map(([key, label]) => {
  const count = el("strong", {}, "0");
  const button = el("button", { type: "button", class: `chip ${key || "all"}`, "aria-pressed": String(key === ""), onclick: () => choose(kind === key ? "" : key) }, label + " ", count);
  return [key, { button, count }];
}));

function choose(key) {
  kind = key;
  for (const [k, { button }] of Object.entries(chips)) button.setAttribute("aria-pressed", String(k === key));
  table.look(search.value, kind);
  keep();
}

// Who comes back to the page, or loads it again, finds it as it was left.
let returning = history.state?.overview;
function keep() {
  const overview = { text: search.value, kind, sort: table.sort, backwards: table.backwards, scroll: scrollY };
  try {
    history.replaceState({ overview }, "");
  } catch {
    // Some browsers refuse if it is done too often.
  }
}
function restore() {
  if (!returning) return;
  const { text, kind: chosen, sort, backwards, scroll } = returning;
  returning = null;
  search.value = text;
  if (sort !== table.sort || backwards !== table.backwards) table.orderBy(sort, backwards);
  choose(chosen);
  scrollTo(0, scroll);
}
document.addEventListener("scrollend", keep);

const button = (action, label) => el("button", { type: "button", class: `act ${action}`, onclick: () => actOnMany(action) }, label);
const starting = button("start", "Start"), restarting = button("restart", "Restart"), stopping = button("stop", "Stop"), clearing = button("clearlog", "Clear logs");
const target = el("span", { id: "target" });
const deselect = el("button", { type: "button", class: "plain", title: "Deselect", "aria-label": "Deselect", onclick: () => table.select(table.selection(), false) }, "×");
const nothing = el("p", { class: "empty", hidden: true }, "No program matches the filter.");
const none = el("div", { class: "card empty", hidden: true }, el("p", {}, "No programs to manage"),
  el("p", {}, "A section [program:x] in the configuration file makes one; ", el("a", { href: "daemon.html" }, "the page of the daemon"), " applies what has changed."));

// An edit of the file that was never applied explains many a riddle, and so does a
// program that runs twice.
const notice = (more) => el("p", { class: "status_msg notice", role: "status", hidden: true }, el("span"), " ", el("a", { href: "daemon.html" }, more));
const notices = { leftovers: notice("See which, and how to end them"), drift: notice("See what an update would do") };
const notify = (data) => {
  for (const [kind, element] of Object.entries(notices)) {
    setText(element.firstChild, data[kind]);
    element.hidden = data[kind] === "";
  }
};
live.addEventListener("notices", ({ data }) => notify(data));
live.addEventListener("hello", () => notify({ leftovers: "", drift: "" })); // a daemon that says nothing has nothing to say

place.append(
  ...Object.values(notices), none, el("div", { class: "bar" }, search, table.order, el("div", { class: "chips", role: "group", "aria-label": "States" }, ...Object.values(chips).map((c) => c.button)),
    el("div", { class: "many", role: "group", "aria-label": "Act on many" }, target, deselect, starting, restarting, stopping, clearing)),
  el("div", { class: "tablebox" }, table.element), nothing);

// changed shows how many there are of everything.
function changed() {
  const views = [...table.rows.values()].map((r) => r.view);
  setText(chips[""].count, String(views.length));
  for (const [key, is] of Object.entries(kinds)) setText(chips[key].count, String(views.filter(is).length));
  const failing = views.filter(kinds.failing).length;
  chips.failing.button.classList.toggle("some", failing > 0);
  document.title = failing ? `(${failing} failing) ${title}` : title;
  const selected = table.selection();
  const visible = table.visible();
  setText(target, selected.length ? `${selected.length} selected` : table.filtered ? `${visible.length} shown` : "All");
  deselect.hidden = selected.length === 0;
  clearing.hidden = selected.length === 0;
  for (const b of [starting, restarting, stopping]) b.disabled = visible.length === 0;
  table.every.checked = selected.length > 0 && selected.length === visible.length;
  table.every.indeterminate = selected.length > 0 && selected.length < visible.length;
  nothing.hidden = visible.length > 0;
  none.hidden = table.rows.size > 0;
  place.classList.toggle("none", table.rows.size === 0);
  for (const row of table.rows.values()) row.element.classList.toggle("selected", row.selected);
}

// Whom an action concerns: what runs is not started. A restart starts what does
// not run, too.
const concerns = { start: startable, stop: stoppable, restart: () => true, clearlog: () => true };

// actOn acts on rows: on each of them, or by a target that stands for all of them.
function actOn(action, rows, target) {
  const names = rows.filter((r) => concerns[action](r.view)).map((r) => r.name);
  if (names.length === 0) return toast(`Nothing to ${action}: ${rows.length === 1 ? `${rows[0].name} is ${rows[0].view.state.toLowerCase()}` : "none is in a state for that"}.`);
  const down = action === "restart" ? rows.filter((r) => !stoppable(r.view)).length : 0;
  const remark = down > 0 ? `What does not run now, ${down} of them, will be started, too.` : "";
  return act(action, target ?? { names }, names, remark);
}

// actOnMany acts on what is selected, else on what the filter shows, else on all.
function actOnMany(action) {
  const selected = table.selection();
  if (selected.length > 0) actOn(action, selected);
  else if (table.filtered) actOn(action, table.visible());
  else actOn(action, [...table.rows.values()], { all: true });
}

// The keys act on the selection, or on the row that they have gone to.
let current = null;
function go(step) {
  const rows = table.visible();
  if (rows.length === 0) return;
  const at = rows.indexOf(current);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  current?.element.classList.remove("current");
  current = rows[next];
  current.element.classList.add("current");
  current.link.focus();
  current.element.scrollIntoView({ block: "nearest" });
}

function onCurrent(action) {
  const rows = table.selection();
  if (rows.length === 0 && current) rows.push(current);
  if (rows.length === 0) toast("Select a program first: j and k go down and up, x selects.");
  else actOn(action, rows);
}

table.element.addEventListener("focusin", (e) => {
  const row = e.target.closest("tr")?.row;
  if (!row || row === current) return;
  current?.element.classList.remove("current");
  current = row;
  row.element.classList.add("current");
});

page({
  "/": ["filter", () => search.focus()],
  j: ["next program", () => go(1)],
  k: ["previous program", () => go(-1)],
  ArrowDown: ["", () => go(1)],
  ArrowUp: ["", () => go(-1)],
  x: ["select", () => { if (current) table.select([current], !current.selected); }],
  a: ["select all that can be seen", () => table.selectVisible(true)],
  s: ["start", () => onCurrent("start")],
  r: ["restart", () => onCurrent("restart")],
  t: ["stop", () => onCurrent("stop")],
  l: ["logs", () => { if (current) location.href = `log.html?processname=${encodeURIComponent(current.name)}`; }],
  Enter: ["open the program", () => { if (current) location.href = current.link.href; }],
  Escape: ["clear filter and selection", () => {
    search.value = "";
    choose("");
    table.select(table.selection(), false);
    document.activeElement.blur();
  }],
}, live);

live.addEventListener("processes", ({ data }) => {
  for (const [row, before] of table.update(data)) {
    announce(`${row.name} is ${row.view.state.toLowerCase()}, was ${before.toLowerCase()}`);
  }
  if (!place.classList.contains("ready")) {
    place.classList.add("ready");
    document.getElementById("plain").remove();
    restore();
    performance.mark("overview");
  }
});
live.addEventListener("curves", ({ data }) => {
  for (const row of table.rows.values()) row.past(data[row.name] ?? []);
});
live.addEventListener("loads", ({ data }) => {
  if (data.whole) for (const row of table.rows.values()) row.measured([]);
  for (const [name, load] of Object.entries(data.loads ?? {})) table.rows.get(name)?.measured(load);
});
live.addEventListener("second", () => table.second(live.now(), seconds++));
