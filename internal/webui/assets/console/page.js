// What all pages have: the theme, the help, the keys, and the times that tick.

import { el, setText } from "./dom.js";
import { uptime } from "./format.js";

const remembered = (key, value) => {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch {
    // Without storage nothing is remembered.
  }
  return null;
};

// keys are the shortcuts: {key: [what it does, function]}. Keys that are typed
// into a field are text, and somebody who dictates can turn all of them off.
export function page(keys, live) {
  document.documentElement.classList.add("js", "alive"); // boot.js may have lost patience
  const all = {
    "?": ["show this help", () => help(all)],
    o: ["go to the programs", () => { location.href = "index.html"; }],
    d: ["go to the daemon", () => { location.href = "daemon.html"; }],
    ...keys,
  };
  document.getElementById("help").addEventListener("click", () => help(all));
  document.addEventListener("keydown", (e) => {
    if (remembered("keys") === "off" && e.key !== "?") return;
    if (e.ctrlKey || e.altKey || e.metaKey || document.querySelector("dialog[open]")) return;
    const field = e.target.closest?.("input:not([type=checkbox]), textarea, select");
    if (field && e.key !== "Escape") return;
    if (e.key === "Enter" && e.target.closest?.("a, button, input")) return;
    if (e.key === " " && e.target.closest?.("button, input")) return;
    const known = all[e.key];
    if (!known) return;
    e.preventDefault();
    known[1](e);
  });
  theme();
  const tick = () => {
    for (const span of document.querySelectorAll("[data-uptime]")) {
      const since = Number(span.dataset.uptime);
      setText(span, since ? "up " + uptime((live.now() - since) / 1000) : "");
    }
  };
  live.addEventListener("second", tick);
  live.addEventListener("hello", tick);
}

function theme() {
  const button = document.getElementById("theme");
  const words = { "": "Auto", light: "Light", dark: "Dark" };
  const show = () => {
    const now = document.documentElement.dataset.theme ?? "";
    button.replaceChildren("◐", el("span", { class: "word" }, ` ${words[now]}`));
    button.setAttribute("aria-label", `Theme: ${words[now]}`);
  };
  button.addEventListener("click", () => {
    const next = { "": "light", light: "dark", dark: "" }[document.documentElement.dataset.theme ?? ""];
    if (next) document.documentElement.dataset.theme = next;
    else delete document.documentElement.dataset.theme;
    remembered("theme", next);
    show();
  });
  show();
}

function help(keys) {
  const names = { " ": "Space", ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" };
  const list = el("dl", { class: "keys" });
  for (const [key, [what]] of Object.entries(keys)) {
    if (what) list.append(el("div", {}, el("dt", {}, el("kbd", {}, names[key] ?? key)), el("dd", {}, what)));
  }
  const off = el("input", { type: "checkbox", id: "keysoff" });
  off.checked = remembered("keys") === "off";
  off.addEventListener("change", () => remembered("keys", off.checked ? "off" : "on"));
  const dialog = el("dialog", { class: "help", "aria-labelledby": "helptitle" },
    el("h2", { id: "helptitle" }, "Keyboard shortcuts"), list,
    el("p", {}, off, el("label", { for: "keysoff" }, " only ? (no single keys)")),
    el("div", { class: "answers" }, el("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, "Close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
