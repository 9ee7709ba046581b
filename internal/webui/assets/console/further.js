// Searching in what of a log has not been read yet: pages are looked through on the
// way back, and what is around a match is shown.

import { withoutColours } from "./ansi.js";
import { Lines } from "./lines.js";

const pageBytes = 256 << 10; // looked through at a time
const mostBytes = 32 << 20; // looked through before it is asked for again
const aroundBytes = 16 << 10; // shown before a match, and behind it

const decoder = new TextDecoder();

// around returns the part of bytes around the last line that contains a text, as
// whole lines, or null if there is none.
function around(bytes, text) {
  if (!withoutColours(decoder.decode(bytes)).toLowerCase().includes(text)) return null;
  const { lines, rest } = Lines.split(bytes);
  if (rest.length > 0) lines.push(rest);
  const at = lines.findLastIndex((line) => withoutColours(Lines.text(line)).toLowerCase().includes(text));
  if (at < 0) return null;
  let from = at, to = at + 1;
  for (let n = 0; from > 0 && n < aroundBytes; n += lines[from].length) from--;
  for (let n = 0; to < lines.length && n < aroundBytes; n += lines[to - 1].length) to++;
  const begin = lines.slice(0, from).reduce((n, line) => n + line.length, 0);
  const size = lines.slice(from, to).reduce((n, line) => n + line.length, 0);
  return { begin, piece: bytes.subarray(begin, begin + size) };
}

// further looks for a text before what has been read of a log, and reports whether it
// has found it; null, if the file is another one by now. What has been looked through
// without showing it leaves a note. wanted says whether somebody still waits, tell is
// told how many bytes are done.
export async function further(source, lines, text, wanted, tell) {
  let gap = lines.takeGap(text), match = null;
  try {
    for (let done = 0; source.start > 0 && done < mostBytes && !match && wanted(); tell(done)) {
      const bytes = await source.older(pageBytes);
      if (bytes === null) return null;
      // The first line is not whole; it is the last one of the page before.
      const feed = source.start > 0 ? bytes.indexOf(10) : -1;
      const head = feed < 0 || feed === bytes.length - 1 ? 0 : feed + 1;
      source.start += head;
      done += bytes.length - head;
      gap += bytes.length - head;
      match = around(bytes.subarray(head), text);
    }
  } finally {
    if (match) gap -= match.begin + match.piece.length;
    if (gap > 0) lines.gap(gap, text);
  }
  if (!match) return false;
  source.start += match.begin;
  lines.prepend(match.piece, true);
  return true;
}
