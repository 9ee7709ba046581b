// One program in the overview.

import { el, setText, badge, setBadge } from "./dom.js";
import { uptime, cpu, memory, moment } from "./format.js";
import { Spark } from "./chart.js";

const sparkPoints = 60;
const perPoint = 4; // measurements, a second apart, that one point is the mean of

export const startable = ({ state }) => ["STOPPED", "EXITED", "FATAL"].includes(state);
export const stoppable = ({ state }) => ["STARTING", "RUNNING", "BACKOFF"].includes(state);
export const failing = ({ state, failed }) => failed || ["FATAL", "BACKOFF", "UNKNOWN"].includes(state);

export class Row {
  constructor(view, acted) {
    this.name = view.name;
    this.load = [];
    this.sum = this.count = this.alive = 0;
    this.spark = new Spark(sparkPoints, 50);
    const link = encodeURIComponent(view.name);
    const button = (action, label) => el("button", {
      type: "button", class: `act ${action}`, "aria-label": `${label} ${view.name}`, title: label, onclick: () => acted(action, this),
    }, label);
    this.box = el("input", { type: "checkbox", class: "select", "aria-label": `Select ${view.name}` });
    this.badge = badge(view.state, view.failed);
    this.note = el("span", { class: "note" });
    this.stateCell = el("td", { class: "state" }, el("div", {}, this.badge, this.note));
    this.cells = Object.fromEntries(["pid", "uptime", "restarts", "exit"].map((c) => [c, el("td", { class: c })]));
    this.cpu = el("span");
    this.memory = el("td", { class: "memory" });
    this.start = button("start", "Start");
    this.restart = button("restart", "Restart");
    this.stop = button("stop", "Stop");
    this.logs = el("a", { class: "act logs", href: `log.html?processname=${link}`, "aria-label": `Logs of ${view.name}`, title: "Logs" }, "Logs");
    this.link = el("a", { href: `program.html?processname=${link}` }, view.name);
    this.times = el("span", { class: "times" });
    this.fate = el("span", { class: "fate" });
    this.element = el("tr", { class: "row" },
      el("td", { class: "check" }, this.box),
      el("th", { class: "program", scope: "row" }, this.link, el("span", { class: "past" }, this.times, this.fate)),
      this.stateCell,
      this.cells.pid, this.cells.uptime, this.cells.restarts, this.cells.exit,
      el("td", { class: "cpu" }, this.spark.element, this.cpu), this.memory,
      el("td", { class: "acts" }, this.start, this.restart, this.stop, this.logs));
    this.element.row = this;
    this.show(view);
  }

  // within leaves out of the name what the head of the group says.
  within(group) {
    setText(this.link, group === "" ? this.name : this.name.slice(group.length + 1));
    if (group === "") this.link.removeAttribute("aria-label");
    else this.link.setAttribute("aria-label", this.name);
  }

  // seen is told whether the row can be seen; only then its figures tick.
  seen(yes, now) {
    this.visible = yes;
    if (yes) this.tick(now);
  }

  tick(now) {
    if (this.view.since) setText(this.cells.uptime, uptime((now - this.view.since) / 1000));
    this.spark.draw();
  }

  get selected() { return this.box.checked; }
  set selected(yes) {
    this.box.checked = yes;
    this.element.classList.toggle("selected", yes);
  }

  // show shows what has changed.
  show(view) {
    this.view = view;
    setBadge(this.badge, view.state, view.failed);
    this.element.dataset.state = view.state.toLowerCase();
    this.element.classList.toggle("failed", Boolean(view.failed));
    setText(this.note, view.note ?? "");
    this.explain(Boolean(view.note) && !view.pid);
    setText(this.cells.pid, view.pid ? String(view.pid) : "");
    setText(this.cells.restarts, view.restarts ? String(view.restarts) : "0");
    this.cells.restarts.classList.toggle("zero", !view.restarts);
    setText(this.cells.exit, view.exit ?? "");
    setText(this.times, view.restarts ? `${view.restarts} ${view.restarts === 1 ? "restart" : "restarts"}${view.exit ? ", " : ""}` : "");
    setText(this.fate, view.exit ? `${view.pid ? "last: " : ""}${view.exit}` : "");
    this.cells.exit.title = view.exit ? `${view.exit}, ${moment(view.exitAt)}` : "";
    const buttons = [this.start, this.restart, this.stop], focused = document.activeElement;
    this.start.hidden = !startable(view);
    this.restart.hidden = view.state !== "RUNNING";
    this.stop.hidden = !stoppable(view);
    if (buttons.includes(focused) && focused.hidden) (buttons.find((b) => !b.hidden) ?? this.logs).focus({ preventScroll: true });
    if (!view.since) setText(this.cells.uptime, "");
  }

  // explain gives the note the room of the cells behind it, which say nothing of a
  // program without a process.
  explain(wide) {
    if (this.cells.pid.hidden === wide) return;
    this.cells.pid.hidden = this.cells.uptime.hidden = wide;
    this.stateCell.colSpan = wide ? 3 : 1;
  }

  // measured takes a new load; an empty one is that of a dead process.
  measured(load) {
    this.load = load;
    const [all, mem, own, ownMemory, processes] = load;
    setText(this.cpu, cpu(all));
    setText(this.memory, memory(mem));
    const both = processes > 1 ? `${processes} processes; the first by itself: ${cpu(own)}, ${memory(ownMemory)}` : "";
    this.memory.title = both;
    this.cpu.title = both;
    this.memory.classList.toggle("family", processes > 1);
  }

  // past takes the curve so far; what is not told was idle, or is not known.
  past(points) {
    this.spark.set(points);
    this.sum = this.count = this.alive = 0;
  }

  // second adds to the curve, and draws what can be seen. While there is no
  // process there is no curve.
  second(now) {
    if (this.load.length > 0) {
      this.sum += this.load[0];
      this.alive++;
    }
    if (++this.count === perPoint) {
      this.spark.add(this.alive > 0 ? Math.round(this.sum / this.alive) : -1);
      this.sum = this.count = this.alive = 0;
    }
    if (this.visible) this.tick(now);
  }
}
