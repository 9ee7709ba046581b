// Colours in logs: the sequences of ECMA-48 that terminals understand, as far as
// they change how text looks. All others are left out, and control characters
// are shown as pictures, so that a log can do nothing but be read.

const sequence = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-Z\\-~]/g;
const control = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

// withoutColours returns text as it is shown.
export const withoutColours = (text) => text.replace(sequence, "");

// picture returns what is shown for a control character: U+2400 and on are made
// for that. What changes the direction of text would let a line lie.
function picture(c) {
  const code = c.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

export const plain = () => ({ fg: null, bg: null, styles: new Set() });

const styles = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "struck" };
const ends = { 22: ["bold", "dim"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 29: ["struck"] };

// apply changes the state by the numbers of one SGR sequence.
function apply(state, numbers) {
  for (let i = 0; i < numbers.length; i++) {
    const n = numbers[i];
    if (n === 0) Object.assign(state, plain());
    else if (styles[n]) state.styles.add(styles[n]);
    else if (ends[n]) for (const s of ends[n]) state.styles.delete(s);
    else if (n >= 30 && n <= 37) state.fg = n - 30;
    else if (n >= 90 && n <= 97) state.fg = n - 82;
    else if (n >= 40 && n <= 47) state.bg = n - 40;
    else if (n >= 100 && n <= 107) state.bg = n - 92;
    else if (n === 39) state.fg = null;
    else if (n === 49) state.bg = null;
    else if (n === 38 || n === 48) {
      const where = n === 38 ? "fg" : "bg";
      if (numbers[i + 1] === 5) {
        state[where] = palette(numbers[i + 2]);
        i += 2;
      } else if (numbers[i + 1] === 2) {
        const [r, g, b] = numbers.slice(i + 2, i + 5).map((v) => Math.min(255, v || 0));
        state[where] = `rgb(${r ?? 0},${g ?? 0},${b ?? 0})`;
        i += 4;
      }
    }
  }
}

// palette returns the colour of a number below 256: the first 16 are ours to
// choose, then come a cube and a row of greys.
function palette(n) {
  if (!(n >= 0 && n <= 255)) return null;
  if (n < 16) return n;
  if (n >= 232) return `rgb(${Array(3).fill(8 + (n - 232) * 10)})`;
  const level = (v) => (v ? 55 + v * 40 : 0);
  n -= 16;
  return `rgb(${level(Math.floor(n / 36))},${level(Math.floor(n / 6) % 6)},${level(n % 6)})`;
}

function piece(text, state) {
  text = text.replace(control, picture);
  if (state.fg === null && state.bg === null && state.styles.size === 0) return document.createTextNode(text);
  const span = document.createElement("span");
  span.textContent = text;
  const classes = [...state.styles].map((s) => "ansi-" + s);
  for (const [key, colour] of Object.entries(colours(state))) {
    if (typeof colour === "string" && colour.startsWith("rgb")) {
      classes.push(`ansi-${key}-rgb`); // the style sheet keeps it readable
      span.style.setProperty(`--${key}`, colour);
    } else if (colour !== null) classes.push(`ansi-${key}-${colour}`);
  }
  span.className = classes.join(" ");
  return span;
}

// colours returns what is drawn with, and on. Turned round, text of the usual
// colour is on a ground of it; a ground that has a colour of its own is made for
// the usual text.
function colours({ fg, bg, styles }) {
  if (!styles.has("inverse")) return { fg, bg };
  return fg === null && bg === null ? { fg: "paper", bg: "ink" } : { fg: bg, bg: fg };
}

// render makes nodes of a line. The state goes on from line to line, as it does
// in a terminal.
export function render(line, state) {
  const nodes = document.createDocumentFragment();
  let from = 0;
  for (const match of line.matchAll(sequence)) {
    if (match.index > from) nodes.append(piece(line.slice(from, match.index), state));
    from = match.index + match[0].length;
    if (match[2] === "m" && /^[\d;]*$/.test(match[1])) apply(state, match[1].split(";").map(Number));
  }
  if (from < line.length) nodes.append(piece(line.slice(from), state));
  return nodes;
}
