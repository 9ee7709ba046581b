// Asking the daemon to do something.

import { toast, ask } from "./dom.js";
import { at } from "./address.js";

const questions = {
  start: ["Start", "start"], stop: ["Stop", "stop"], restart: ["Restart", "restart"], clearlog: ["Clear the logs of", "clear"],
};

// act asks for an action: {names: [...]}, {group: "x"} or {all: true}. More than
// one program is asked about first; names is then what it is about, and remark
// what else there is to know.
export async function act(action, target, names = target.names ?? [], remark = "") {
  if (names.length > 1 && action !== "start") {
    const [word, button] = questions[action];
    const what = target.all ? `all ${names.length} programs` : target.group ? `group ${target.group} (${names.length} programs)` : `${names.length} programs`;
    if (!await ask(`${word} ${what}?`, `${button[0].toUpperCase()}${button.slice(1)} ${names.length}`, names, remark)) return false;
  }
  const form = new URLSearchParams({ action });
  for (const name of target.names ?? []) form.append("processname", name);
  if (target.group) form.set("group", target.group);
  if (target.all) form.set("all", "1");
  return post(form);
}

// post sends a form to the daemon and shows what came of it.
export async function post(form) {
  document.documentElement.classList.add("busy");
  try {
    const answer = await fetch(at("console/act"), { method: "POST", body: form, headers: { Accept: "application/json" } });
    if (!answer.ok) {
      const text = answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : `the daemon answered ${answer.status}`;
      toast(text, [], true);
      return false;
    }
    const { message, failed } = await answer.json();
    toast(message, failed ?? [], (failed ?? []).length > 0);
    return true;
  } catch {
    toast("The daemon could not be reached.", [], true);
    return false;
  } finally {
    document.documentElement.classList.remove("busy");
  }
}
