// Numbers and times, as people read them.

// uptime renders seconds the way the daemon does: "1 day, 2:03:04".
export function uptime(seconds) {
  seconds = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  const clock = `${Math.floor((seconds % 86400) / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days === 0) return clock;
  return `${days} day${days > 1 ? "s" : ""}, ${clock}`;
}

// cpu renders tenths of a percent of one processor.
export function cpu(permille) {
  if (permille === undefined) return "";
  return permille >= 1000 ? `${Math.round(permille / 10)} %` : `${(permille / 10).toFixed(1)} %`;
}

// memory renders KiB.
export function memory(kib) {
  if (kib === undefined) return "";
  if (kib < 1000) return `${kib} KiB`;
  if (kib < 1000 * 1024) return `${(kib / 1024).toFixed(kib < 100 * 1024 ? 1 : 0)} MiB`;
  return `${(kib / 1024 / 1024).toFixed(2)} GiB`;
}

export function bytes(n) {
  return n < 1000 ? `${n} bytes` : n < 1000 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : memory(n / 1024);
}

// Times are those of the daemon's clock and zone, as in its logs and in what it
// renders itself. Until it has told, the zone is ours.
let zone = new Date().getTimezoneOffset() * -60000; // milliseconds east of Greenwich

export function setZone(ms) { zone = ms; }

const local = (ms) => new Date(ms + zone).toISOString();
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export const timeOfDay = (ms) => local(ms).slice(11, 19);

// moment renders a time: with the day if it was not today.
export function moment(ms) {
  const [then, now] = [local(ms), local(Date.now())];
  const day = then.slice(0, 10) === now.slice(0, 10) ? "" : `${months[Number(then.slice(5, 7)) - 1]} ${then.slice(8, 10)} `;
  return day + then.slice(11, 19);
}
