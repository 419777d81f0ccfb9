import { deepEqual, equal, ok } from "node:assert/strict";
import { cutLine, frameOf, keysIn, scrolled, type Size } from "../../src/cli/live_frame.ts";
import { fc } from "../support/property.ts";
import { ScreenImage } from "../support/screen_image.ts";

const size: Size = { columns: 20, rows: 5 };
const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}`).join("\n") + "\n";

/** What a terminal shows of it. */
function shown(
  text: string,
  { top = 0, on = size }: { readonly top?: number; readonly on?: Size } = {},
): string {
  const image = new ScreenImage(on);
  image.write("\x1b[?1049h");
  image.write(frameOf(text, { size: on, top, colours: true }).drawing);
  return image.text();
}

Deno.test("frameOf() shows a text that fits, and the key that ends it", () => {
  equal(shown(lines(3)), "line 1\nline 2\nline 3\n\nq quits");
});

Deno.test("frameOf() cuts what does not fit, and says how many lines there are besides", () => {
  const wide = { columns: 30, rows: 5 };
  equal(shown(lines(6), { on: wide }), "line 1\nline 2\nline 3\nline 4\n... 2 more lines: arrows, j, k");
  equal(shown(lines(5), { on: wide }).split("\n")[4], "... 1 more line: arrows, j, k,");
  equal(
    shown(lines(6), { on: wide, top: 2 }),
    "line 3\nline 4\nline 5\nline 6\n... 2 more lines above: arrows",
  );
  equal(frameOf(lines(6), { size, top: 99, colours: false }).top, 2);
  equal(frameOf(lines(6), { size, top: -3, colours: false }).top, 0);
});

Deno.test("frameOf() draws over any earlier frame without a rest of it, on a screen of any size", () => {
  const text = fc.array(fc.string({ maxLength: 30 }), { maxLength: 30 }).map((all) => all.join("\n"));
  const any = fc.record({ columns: fc.integer({ min: 1, max: 40 }), rows: fc.integer({ min: 1, max: 12 }) });
  fc.assert(fc.property(text, text, any, fc.nat(40), (before, after, on, top) => {
    const image = new ScreenImage(on);
    image.write("\x1b[?1049h");
    for (const each of [before, after]) image.write(frameOf(each, { size: on, top, colours: false }).drawing);
    equal(image.text(), shown(after, { top, on }));
  }));
});

Deno.test("cutLine() counts no colours, ends them, and lets nothing move the cursor", () => {
  equal(cutLine("\x1b[32mgreen\x1b[0m and more", 7), "\x1b[32mgreen\x1b[0m a");
  equal(cutLine("\x1b[32mgreen", 3), "\x1b[32mgre\x1b[0m");
  equal(cutLine("a\x1b[2Jb\tc\x07", 20), "a?[2Jb?c?");
  equal(cutLine("x".repeat(50), 4), "xxxx");
});

Deno.test("keysIn() finds every key in what came at once, and leaves out what means nothing", () => {
  deepEqual(keysIn("q"), ["quit"]);
  deepEqual(keysIn("\x1b[Bxj\x1bOA\x1b[6~\x1b[200~G\x03"), ["down", "down", "up", "pageDown", "end", "quit"]);
  deepEqual(keysIn("\x1b"), []);
});

Deno.test("scrolled() goes by lines and pages, and to either end", () => {
  equal(scrolled(5, "down", 10), 6);
  equal(scrolled(5, "pageUp", 10), -5);
  equal(scrolled(5, "start", 10), 0);
  ok(scrolled(5, "end", 10) > 1_000_000);
  equal(scrolled(5, "redraw", 10), 5);
});
