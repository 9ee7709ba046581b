// Runs before the page is drawn, so that nothing flickers: it says that scripts
// run, and applies the theme that was chosen here before.
"use strict";
document.documentElement.classList.add("js");
// If the other scripts cannot run here, the page is as good without any.
setTimeout(() => {
  if (!document.documentElement.classList.contains("alive")) document.documentElement.classList.remove("js");
}, 5000);
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage there is no choice to remember.
}
