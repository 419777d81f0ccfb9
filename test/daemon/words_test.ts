import { equal } from "node:assert/strict";
import { counted, listed, spanText } from "../../src/daemon/words.ts";

Deno.test("spanText() tells a length of time in its two largest units", () => {
  const told = {
    [-5]: "0ms",
    0: "0ms",
    40: "40ms",
    999: "999ms",
    1000: "1s",
    1500: "1.5s",
    59_949: "59.9s",
    59_950: "1m00s",
    192_000: "3m12s",
    3_599_499: "59m59s",
    3_600_000: "1h00m",
    7_500_000: "2h05m",
    86_400_000: "1d00h",
    273_600_000: "3d04h",
  };
  for (const [ms, text] of Object.entries(told)) equal(spanText(Number(ms)), text);
});

Deno.test("listed() names all of a short list and the first of a long one", () => {
  equal(listed([]), "");
  equal(listed(["a", "b"]), "a, b");
  equal(listed(["a", "b", "c", "d"], 2), "a, b and 2 more");
});

Deno.test("counted() takes the plural for every number but one", () => {
  equal([0, 1, 2].map((count) => counted(count, "VIP")).join(", "), "0 VIPs, 1 VIP, 2 VIPs");
});
