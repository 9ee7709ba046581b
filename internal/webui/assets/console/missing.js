// The page of a program that there is not. It may come yet.

import { Live } from "./live.js";
import { page } from "./page.js";

const name = decodeURIComponent(document.getElementById("main").dataset.process);
const live = new Live(new URLSearchParams(name ? { processname: name } : {}).toString());
page({}, live);
live.addEventListener("processes", ({ data }) => { if (name && data.set?.length) location.reload(); });
