import assert from "node:assert/strict";
import { fc } from "../support/property.ts";
import { drainRecordText, parseDrainRecord } from "../../src/codec/drain_record.ts";

Deno.test("a drain that is kept is read as it was written", () => {
  const reason = fc.oneof(fc.constant(""), fc.stringMatching(/^[ -~äöü]{1,60}$/));
  fc.assert(fc.property(reason, fc.nat(), (reason, since) => {
    assert.deepEqual(parseDrainRecord(drainRecordText({ reason, since })), {
      ok: true,
      value: { reason, since },
    });
  }));
});

Deno.test("any text is read or refused, and never throws", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    assert.equal(typeof parseDrainRecord(text).ok, "boolean");
  }));
  for (const text of ["", "null", "[]", '{"reason":1,"since":1}', '{"reason":"x","since":"y"}']) {
    assert.equal(parseDrainRecord(text).ok, false, text);
  }
});
