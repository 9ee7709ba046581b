// Where the bytes of a log come from: ranges of the file for what is there, and
// a stream for what comes. The size of the file does not matter.

import { at } from "./address.js";

const tailBytes = 64 << 10;
const farBehind = 1 << 20; // what was missed is read up to here, and skipped beyond

export class Source {
  constructor(process, channel) {
    this.query = new URLSearchParams({ channel });
    if (process) this.query.set("processname", process);
    this.tag = null; // names the file, until it is rotated
    this.start = 0; // offset of the first byte that has been read
    this.end = 0; // offset behind the last one
  }

  url(where, more = {}) {
    const query = new URLSearchParams(this.query);
    for (const [key, value] of Object.entries(more)) query.set(key, value);
    return at(`console/${where}?${query}`);
  }

  // range reads bytes; it resolves to {bytes, from, size, tag}, or null if there
  // is no such file any more.
  async range(range, tag) {
    const headers = { Range: `bytes=${range}` };
    if (tag) headers["If-Match"] = tag;
    const answer = await fetch(this.url("log"), { headers, cache: "no-store" });
    const place = /bytes (?:(\d+)-\d+|\*)\/(\d+)/.exec(answer.headers.get("Content-Range") ?? "");
    const found = { tag: answer.headers.get("ETag"), from: Number(place?.[1] ?? 0), size: Number(place?.[2] ?? 0), bytes: new Uint8Array() };
    if (answer.status === 416) return found;
    if (!answer.ok) return null;
    found.bytes = new Uint8Array(await answer.arrayBuffer());
    if (!place) found.size = found.bytes.length;
    return found;
  }

  // tail reads the end of the log.
  async tail() {
    const found = await this.range(-tailBytes);
    if (!found) return null;
    this.tag = found.tag;
    this.start = found.from;
    this.end = found.from + found.bytes.length;
    return found.bytes;
  }

  // older reads what is before the beginning; null if that is gone.
  async older(most = tailBytes) {
    const from = Math.max(0, this.start - most);
    const found = await this.range(`${from}-${this.start - 1}`, this.tag);
    if (!found || found.bytes.length === 0) return null; // it may have been cut short in its place
    this.tag ??= found.tag;
    this.start = from;
    return found.bytes;
  }

  // missed says how to go on after a pause: true if the stream can go on where
  // it was, false if the tail has to be read again.
  async continues() {
    if (this.end === 0) return false;
    const found = await this.range(`${this.end - 1}-${this.end - 1}`, this.tag);
    return found !== null && found.bytes.length > 0 && found.size - this.end < farBehind;
  }

  // follow calls back with each piece: (bytes, how many were skipped before them, and,
  // if another file has begun, how much of all that is from there).
  // lost is called when the connection ends; hello, when it begins.
  follow(piece, hello, lost) {
    this.close();
    const stream = new EventSource(this.url("follow", { from: this.end }));
    this.stream = stream;
    stream.addEventListener("hello", hello);
    stream.addEventListener("piece", (e) => {
      const { bytes, skipped = 0, fresh } = JSON.parse(e.data);
      const text = atob(bytes ?? "");
      const got = Uint8Array.from(text, (c) => c.charCodeAt(0));
      this.end += skipped + got.length;
      if (fresh !== undefined) {
        this.end = fresh;
        this.tag = null;
      }
      piece(got, skipped, fresh);
    });
    stream.addEventListener("error", () => {
      if (this.stream !== stream) return;
      this.close();
      lost();
    });
  }

  close() {
    this.stream?.close();
    this.stream = null;
  }
}
