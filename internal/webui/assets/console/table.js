// The table of programs: groups, filter, order and selection.

import { el, setText } from "./dom.js";
import { cpu, memory } from "./format.js";
import { Row, startable, stoppable, failing } from "./row.js";

const columns = [
  ["program", "Program", (r) => r.view.name],
  ["state", "State", (r) => -["STOPPED", "EXITED", "RUNNING", "STARTING", "STOPPING", "failed", "UNKNOWN", "BACKOFF", "FATAL"].indexOf(r.view.failed ? "failed" : r.view.state)],
  ["pid", "PID", (r) => r.view.pid ?? Infinity],
  ["uptime", "Uptime", (r) => -(r.view.since ?? Infinity)],
  ["restarts", "Restarts", (r) => -(r.view.restarts ?? 0)],
  ["exit", "Last exit", (r) => -(r.view.exitAt ?? 0)],
  ["cpu", "CPU", (r) => -(r.load[0] ?? -1)],
  ["memory", "Memory", (r) => -(r.load[1] ?? -1)],
];

const order = new Intl.Collator(undefined, { numeric: true });

// kinds are what the states are counted by, and what a filter can ask for.
export const kinds = {
  running: ({ state }) => state === "RUNNING",
  busy: ({ state }) => state === "STARTING" || state === "STOPPING",
  down: ({ state, failed }) => !failed && (state === "STOPPED" || state === "EXITED"),
  failing,
};

export class Table {
  // acted is called with an action, the rows it is about and, if they are not
  // just some rows, what they are; changed, when the selection or what can be seen has changed; now is the
  // daemon's time; ordered is called when somebody has chosen another order.
  constructor(acted, changed, now, ordered) {
    this.ordered = ordered;
    this.now = now;
    this.acted = acted;
    this.changed = changed;
    this.rows = new Map();
    this.groups = new Map();
    this.words = [];
    this.kind = "";
    this.sort = "program";
    this.backwards = false;
    this.heads = columns.map(([key, label]) => el("th", { scope: "col", class: key, "aria-sort": key === "program" ? "ascending" : "none" },
      el("button", { type: "button", onclick: () => this.sortBy(key) }, label)));
    // Where the table has no heads, since it is narrow, there is this.
    this.order = el("select", { class: "order", "aria-label": "Order of the programs", onchange: () => this.sortBy(this.order.value) },
      ...columns.map(([key, label]) => el("option", { value: key }, `by ${key === "program" ? "name" : key === "pid" ? "PID" : key === "cpu" ? "CPU" : label.toLowerCase()}`)));
    this.every = el("input", { type: "checkbox", "aria-label": "Select all that can be seen", onchange: () => this.selectVisible(this.every.checked) });
    this.element = el("table", { class: "programs" },
      el("caption", { class: "unseen" }, "Programs"),
      el("thead", {}, el("tr", {}, el("th", { class: "check" }, this.every), ...this.heads, el("th", { class: "acts" }, el("span", { class: "unseen" }, "Actions")))));
    this.element.addEventListener("change", (e) => this.checked(e));
    this.element.addEventListener("click", (e) => { this.shift = e.shiftKey; });
    this.seen = new IntersectionObserver((entries) => {
      for (const e of entries) e.target.row.seen(e.isIntersecting, this.now());
    }, { rootMargin: "200px" });
  }

  // update takes what the daemon says has changed, and returns the rows whose
  // state did.
  update({ set = [], gone = [], whole = false }) {
    const turned = [];
    let moved = false;
    const there = new Set(set.map((view) => view.name));
    for (const name of whole ? [...this.rows.keys()].filter((n) => !there.has(n)) : gone) {
      const row = this.rows.get(name);
      this.seen.unobserve(row.element);
      row.element.remove();
      this.rows.delete(name);
      moved = true;
    }
    for (const view of set) {
      const row = this.rows.get(view.name);
      if (row) {
        if (row.view.state !== view.state) turned.push([row, row.view.state]);
        row.show(view);
      } else {
        const added = new Row(view, (action, r) => this.acted(action, [r]));
        this.rows.set(view.name, added);
        this.seen.observe(added.element);
        moved = true;
      }
    }
    if (moved) this.arrange();
    else if (set.length > 0 && this.sort === "state") this.arrange();
    this.filter();
    return turned;
  }

  sorted() {
    const by = columns.find(([key]) => key === this.sort)[2];
    const sign = this.backwards ? -1 : 1;
    const names = (a, b) => order.compare(a.name, b.name);
    return [...this.rows.values()].sort((a, b) => {
      if (this.sort === "program") return sign * names(a, b);
      const x = by(a), y = by(b);
      return x === y ? names(a, b) : sign * (x < y ? -1 : 1);
    });
  }

  sortBy(key) {
    this.orderBy(key, this.sort === key && !this.backwards);
    this.ordered();
  }

  orderBy(key, backwards) {
    this.backwards = backwards;
    this.sort = this.order.value = key;
    for (const head of this.heads) {
      head.setAttribute("aria-sort", head.className !== key ? "none" : this.backwards ? "descending" : "ascending");
    }
    this.arrange();
  }

  // arrange puts the rows in order: by groups if that order is by name, else all
  // in one row. Rows that are in their places are not touched.
  arrange() {
    const focused = document.activeElement;
    const rows = this.sorted();
    const bodies = new Map([["", this.body("")]]);
    const grouped = this.sort === "program";
    for (const row of rows) {
      const group = grouped && row.name !== row.view.group ? row.view.group : "";
      if (!bodies.has(group)) bodies.set(group, this.body(group));
      bodies.get(group).wanted.push(row.element);
      row.within(group);
    }
    for (const [name, body] of this.groups) {
      if (bodies.has(name)) continue;
      body.element.remove();
      this.groups.delete(name);
    }
    let before = this.element.tHead;
    for (const body of bodies.values()) {
      if (before.nextElementSibling !== body.element) before.after(body.element);
      before = body.element;
      let at = body.head;
      for (const element of body.wanted) {
        const next = at ? at.nextElementSibling : body.element.firstElementChild;
        if (next !== element) at ? at.after(element) : body.element.prepend(element);
        at = element;
      }
      body.wanted = [];
    }
    if (focused !== document.activeElement && this.element.contains(focused)) focused.focus({ preventScroll: true });
  }

  // body returns the part of the table for a group; the one without a name has
  // no head.
  body(name) {
    let body = this.groups.get(name);
    if (body) return body;
    body = { name, wanted: [], head: null, element: el("tbody") };
    if (name !== "") {
      const button = (action, label) => el("button", {
        type: "button", class: `act ${action}`, "aria-label": `${label} group ${name}`, onclick: () => this.acted(action, this.members(name), { group: name }),
      }, label);
      body.box = el("input", { type: "checkbox", class: "selectgroup", "aria-label": `Select group ${name}` });
      body.box.addEventListener("change", () => this.select(this.members(name).filter((r) => !r.element.hidden), body.box.checked));
      body.count = el("span", { class: "count" });
      body.sums = Object.fromEntries(["cpu", "memory"].map((key) => [key, el("td", { class: key, title: "all of the group" })]));
      body.head = el("tr", { class: "group" }, el("td", { class: "check" }, body.box),
        el("th", { scope: "rowgroup", colspan: 2 }, el("span", { class: "groupname" }, name), " ", body.count),
        ...columns.slice(2).map(([key]) => body.sums[key] ?? el("td", { class: key })),
        el("td", { class: "acts" }, button("start", "Start"), button("restart", "Restart"), button("stop", "Stop")));
      body.element.append(body.head);
    }
    this.groups.set(name, body);
    return body;
  }

  members(group) { return [...this.rows.values()].filter((r) => r.view.group === group); }

  // look sets the filter: words that the name or the state contains, and a kind
  // of state.
  look(text, kind) {
    this.words = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.kind = kind;
    this.filter();
  }

  get filtered() { return this.words.length > 0 || this.kind !== ""; }

  filter() {
    const counts = new Map();
    for (const row of this.rows.values()) {
      const text = `${row.name} ${row.view.state}`.toLowerCase();
      const hidden = !this.words.every((w) => text.includes(w)) || (this.kind !== "" && !kinds[this.kind](row.view));
      if (row.element.hidden !== hidden) row.element.hidden = hidden;
      if (hidden && row.selected) row.selected = false;
      const c = counts.get(row.view.group) ?? { seen: 0, running: 0, all: 0 };
      c.seen += hidden ? 0 : 1;
      c.running += row.view.state === "RUNNING" ? 1 : 0;
      c.all++;
      counts.set(row.view.group, c);
    }
    for (const [name, body] of this.groups) {
      if (!body.head) continue;
      const c = counts.get(name) ?? { seen: 0, running: 0, all: 0 };
      body.head.hidden = c.seen === 0;
      setText(body.count, `${c.running} of ${c.all} running`);
    }
    this.changed();
  }

  // sum shows what the groups use.
  sum() {
    const sums = new Map();
    for (const { view, load } of this.rows.values()) {
      if (load.length === 0) continue;
      const [processor, bytes] = sums.get(view.group) ?? [0, 0];
      sums.set(view.group, [processor + load[0], bytes + load[1]]);
    }
    for (const [name, { sums: cells }] of this.groups) {
      if (!cells) continue;
      const [processor, bytes] = sums.get(name) ?? [];
      setText(cells.cpu, cpu(processor));
      setText(cells.memory, memory(bytes));
    }
  }

  visible() { return [...this.element.querySelectorAll("tr.row:not([hidden])")].map((e) => e.row); }
  selection() { return [...this.rows.values()].filter((r) => r.selected); }

  checked(e) {
    const row = e.target.closest("tr")?.row;
    if (!row || e.target !== row.box) return;
    const rows = this.visible();
    const to = rows.indexOf(row), from = rows.indexOf(this.last);
    const range = this.shift && from >= 0 ? rows.slice(Math.min(from, to), Math.max(from, to) + 1) : [row];
    this.select(range, row.box.checked);
    this.last = row;
  }

  select(rows, yes) {
    for (const row of rows) row.selected = yes;
    this.changed();
  }

  selectVisible(yes) { this.select(this.visible(), yes); }

  // second is called each second; an order that depends on loads is renewed now
  // and then, unless somebody is about to click.
  second(now, seconds) {
    for (const row of this.rows.values()) row.second(now);
    this.sum();
    const live = this.sort === "cpu" || this.sort === "memory";
    if (live && seconds % 3 === 0 && !this.element.matches(":hover") && !this.element.contains(document.activeElement)) this.arrange();
  }
}

export { startable, stoppable };
