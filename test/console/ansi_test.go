package console

import (
	"fmt"
	"testing"
)

// contrast is a script that renders a line of a log and returns the least contrast
// of its pieces to what they are on, as WCAG 2 defines it.
const contrast = `async (line) => {
	const { render, plain } = await import("./console/ansi.js");
	const box = document.querySelector(".lines");
	box.replaceChildren(render(line, plain()));
	const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
	const luminance = (...layers) => {
		for (const colour of layers) {
			canvas.fillStyle = colour;
			canvas.fillRect(0, 0, 1, 1);
		}
		const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const paper = getComputedStyle(box).backgroundColor;
	let least = [99, ""];
	for (const piece of box.querySelectorAll("span")) {
		const style = getComputedStyle(piece);
		const [a, b] = [luminance(paper, style.backgroundColor), luminance(style.color)];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < least[0]) least = [ratio, piece.textContent];
	}
	return least[0] < %g ? least[1] + " has a contrast of " + least[0].toFixed(2) : "";
}`

// Whatever colours a program chooses, for a dark terminal or a light one, what it
// writes can be read.
func TestColoursCanBeRead(t *testing.T) {
	d := boot(t, pets)
	p := open(t)
	for _, theme := range []string{"light", "dark"} {
		p.do("choose "+theme, prefer("prefers-color-scheme", theme))
		p.visit(d.url + "log.html?processname=web")
		p.until("the log is followed", `document.querySelector(".status")?.textContent === "following"`)
		for what, c := range map[string]struct {
			line  string
			least float64
		}{
			"the 16 colours":             {`[...Array(16).keys()].map((n) => "\x1b[" + (n < 8 ? 30 + n : 82 + n) + "mcolour " + n + "\x1b[0m").join(" ")`, 4.5},
			"text on the 16 colours":     {`[...Array(16).keys()].map((n) => "\x1b[" + (n < 8 ? 40 + n : 92 + n) + "mground " + n + "\x1b[0m").join(" ")`, 4.5},
			"the palette":                {`[...Array(256).keys()].map((n) => "\x1b[38;5;" + n + "mcolour " + n + "\x1b[0m").join(" ")`, 4.5},
			"text on the palette":        {`[...Array(256).keys()].map((n) => "\x1b[48;5;" + n + "mground " + n + "\x1b[0m").join(" ")`, 4.5},
			"the palette on itself":      {`[...Array(240).keys()].map((n) => "\x1b[38;5;" + (n + 16) + ";48;5;" + (255 - n) + "mpair " + n + "\x1b[0m").join(" ")`, 2.5},
			"all turned round":           {`"\x1b[7mjust so\x1b[0m" + [...Array(256).keys()].map((n) => "\x1b[7;38;5;" + n + "mcolour " + n + "\x1b[0m \x1b[7;48;5;" + n + "mground " + n + "\x1b[0m").join(" ")`, 4.5},
			"black and white of 24 bits": {`"\x1b[38;2;0;0;0mblack\x1b[38;2;255;255;255mwhite\x1b[0m\x1b[48;2;0;0;0mon black\x1b[48;2;255;255;255mon white"`, 4.5},
		} {
			if got := value[string](p, "("+fmt.Sprintf(contrast, c.least)+")("+c.line+")"); got != "" {
				t.Errorf("%s, %s: %s", theme, what, got)
			}
		}
	}
	if got := value[string](p, `import("./console/ansi.js").then(({ render, plain }) => { const s = render("\x1b[7;31mx", plain()).firstChild; return s.className; })`); got != "ansi-inverse ansi-bg-1" {
		t.Errorf("red turned round is %q, want red as the ground", got)
	}
}
