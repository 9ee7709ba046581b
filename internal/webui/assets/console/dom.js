// Building pages. Whatever comes from the daemon becomes text, never markup.

// el makes an element: el("a", {href: "x", class: "y"}, "text", child).
// Properties that begin with "on" are listeners.
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

// setText changes a text only if it differs, so that nothing is drawn in vain.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// badge makes the mark of a state: colour, shape and word; failed says that it is
// an end that was not expected.
export function badge(state, failed) {
  const b = el("span", { class: "badge" }, el("span", { class: "shape", "aria-hidden": "true" }), el("span"));
  setBadge(b, state, failed);
  return b;
}

export function setBadge(b, state, failed = false) {
  state = state.toLowerCase();
  b.classList.toggle("failed", failed);
  if (b.dataset.state === state) return;
  b.dataset.state = state;
  setText(b.lastElementChild, state);
}

// toast shows a message for a while; an error stays until it is dismissed.
export function toast(message, details = [], failed = false) {
  const box = el("div", { class: failed ? "toast failed" : "toast", role: failed ? "alert" : null }, el("p", {}, message));
  if (details.length > 0) {
    const list = el("ul");
    for (const d of details.slice(0, 8)) list.append(el("li", {}, el("strong", {}, d.name), " " + d.why));
    if (details.length > 8) list.append(el("li", {}, `and ${details.length - 8} more`));
    box.append(list);
  }
  box.append(el("button", { type: "button", class: "close", "aria-label": "Dismiss", onclick: () => box.remove() }, "×"));
  const place = document.getElementById("toasts");
  place.append(box);
  while (place.children.length > 4) place.firstElementChild.remove();
  if (!failed) setTimeout(() => box.remove(), 6000);
}

// announce tells a screen reader; what comes in quick succession is one sentence.
let waiting = [];
export function announce(sentence) {
  waiting.push(sentence);
  if (waiting.length > 1) return;
  setTimeout(() => {
    const text = waiting.length > 4 ? `${waiting.length} changes of state` : waiting.join("; ");
    waiting = [];
    document.getElementById("announcer").textContent = text;
  }, 1000);
}

// ask shows a question and resolves to whether it was answered with yes.
export function ask(question, yes, details = [], remark = "") {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "ask", "aria-labelledby": "question" });
    const close = (answer) => () => { dialog.close(); dialog.remove(); resolve(answer); };
    const list = el("ul");
    for (const d of details.slice(0, 12)) list.append(el("li", {}, d));
    if (details.length > 12) list.append(el("li", {}, `and ${details.length - 12} more`));
    dialog.append(
      el("p", { id: "question" }, question), list, el("p", { hidden: !remark }, remark),
      el("div", { class: "answers" },
        el("button", { type: "button", class: "no", onclick: close(false) }, "Cancel"),
        el("button", { type: "button", class: "yes act stop", onclick: close(true) }, yes)));
    dialog.addEventListener("cancel", close(false));
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector(".yes").focus();
  });
}
