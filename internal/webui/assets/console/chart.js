// Curves, drawn as SVG.

const svg = "http://www.w3.org/2000/svg";

function shape(name, attributes) {
  const s = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) s.setAttribute(key, value);
  return s;
}

// path returns the path of a curve that ends at the right edge, and of the area
// below it. top is the value at the upper edge. A point below zero was not
// measured, since nobody looked or there was no process: there the curve has a gap.
function path(points, length, width, height, top) {
  const step = width / (length - 1);
  const left = width - (points.length - 1) * step;
  const x = (i) => (left + i * step).toFixed(1);
  let line = "", area = "";
  points.forEach((p, i) => {
    if (p < 0) return;
    const at = `${x(i)} ${(height - 1 - (p / top) * (height - 2)).toFixed(1)}`;
    const begins = !(points[i - 1] >= 0), ends = !(points[i + 1] >= 0);
    line += (begins ? "M" : "L") + at;
    area += (begins ? `M${x(i)} ${height}L` : "L") + at + (ends ? `L${x(i)} ${height}Z` : "");
  });
  return { line, area };
}

// Spark is a small curve without a scale. Most of a thousand programs are idle,
// so it draws only what has changed.
export class Spark {
  constructor(length, least) {
    this.length = length;
    this.least = least;
    this.points = [];
    this.element = shape("svg", { class: "spark", viewBox: "0 0 72 20", width: 72, height: 20, "aria-hidden": "true", focusable: "false" });
    this.area = shape("path", { class: "area" });
    this.line = shape("path", { class: "line" });
    this.element.append(this.area, this.line);
  }

  add(value) {
    this.points.push(value);
    if (this.points.length > this.length) this.points.shift();
    this.stale = true;
  }

  set(points) {
    this.points = points.slice(-this.length);
    this.stale = true;
  }

  draw() {
    if (!this.stale) return;
    this.stale = false;
    const { line, area } = path(this.points, this.length, 72, 20, Math.max(this.least, ...this.points));
    if (line === this.drawn) return;
    this.drawn = line;
    this.line.setAttribute("d", line);
    this.area.setAttribute("d", area);
  }
}

// Chart is a curve with a scale and a value, for one program. format renders a
// value; label says what it is. The scale grows by steps from the least one, so
// that it stays the same while the curve moves.
export class Chart {
  constructor(label, length, least, step, format) {
    Object.assign(this, { length, least, step, format, points: [] });
    this.element = document.createElement("figure");
    this.element.className = "chart";
    const caption = document.createElement("figcaption");
    this.value = document.createElement("strong");
    this.rest = document.createElement("span");
    caption.append(label + " ", this.value, " ", this.rest);
    this.picture = shape("svg", { viewBox: "0 0 400 90", preserveAspectRatio: "none", role: "img", "aria-label": label });
    for (const y of [1, 45, 89]) this.picture.append(shape("line", { class: "grid", x1: 0, x2: 400, y1: y, y2: y }));
    this.area = shape("path", { class: "area" });
    this.line = shape("path", { class: "line" });
    this.picture.append(this.area, this.line);
    const row = (name, ...texts) => {
      const box = document.createElement("div");
      box.className = name;
      box.append(...texts.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
      return box;
    };
    this.scale = row("scale", "", "", "0");
    const plot = row("plot");
    plot.append(this.scale, this.picture, row("times", "4 minutes ago", "2 minutes ago", "now"));
    this.element.append(caption, plot);
  }

  set(points) { this.points = points.slice(-this.length); this.draw(); }

  // add adds a point; below zero there is no process.
  add(value, rest) {
    this.points.push(value);
    if (this.points.length > this.length) this.points.shift();
    this.value.textContent = value < 0 ? "not running" : this.format(value);
    this.rest.textContent = rest;
    this.picture.setAttribute("aria-label", `${this.element.firstChild.textContent}, curve of the last minutes`);
    this.draw();
  }

  draw() {
    this.element.classList.toggle("idle", !this.points.some((p) => p >= 0));
    let top = this.least;
    for (const most = Math.max(...this.points); top < most;) top *= this.step;
    const { line, area } = path(this.points, this.length, 400, 90, top);
    this.line.setAttribute("d", line);
    this.area.setAttribute("d", area);
    this.scale.children[0].textContent = this.format(top);
    this.scale.children[1].textContent = this.format(top / 2);
  }
}
