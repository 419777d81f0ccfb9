// A worker that simulates the seeds it is sent and posts a report of each that fails, then null.

import { report } from "../../src/simulator/failure.ts";
import { settingOf } from "../../src/simulator/seeds.ts";
import { simulate } from "../../src/simulator/simulate.ts";

declare const self: {
  onmessage: ((message: MessageEvent<readonly number[]>) => void) | null;
  postMessage(report: string | null): void;
};

self.onmessage = ({ data: seeds }) => {
  for (const seed of seeds) {
    const { violation } = simulate(settingOf(seed));
    if (violation !== null) self.postMessage(report(settingOf(seed), violation));
  }
  self.postMessage(null);
};
