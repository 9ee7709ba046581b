// Whether the program that a page is about is still configured.

import { el, announce } from "./dom.js";

// watchPresence shows it when the program is gone, and when it is back.
export function watchPresence(live, name) {
  const main = document.getElementById("main");
  const notice = el("div", { class: "status_msg gone" }, el("strong", {}, name), " is not configured any more. Below is what was last known of it.");
  live.addEventListener("processes", ({ data }) => {
    const there = Boolean(data.set?.length);
    if (!there && !data.whole && !data.gone?.length) return;
    if (there !== notice.isConnected) return;
    main.classList.toggle("removed", !there);
    if (there) notice.remove();
    else main.prepend(notice);
    announce(there ? `${name} is configured again` : `${name} is not configured any more`);
  });
}
