// The real core as the program that simulated hosts run.

import { createNode, hasLeft, type Node, nodeDeadline, nodeStatus, stepNode } from "../core/node.ts";
import type { Program } from "./host.ts";

export const coreProgram: Program = {
  start(of) {
    let node: Node = createNode({ ...of, version: "simulated" });
    return {
      step(event, now) {
        const { state, effects } = stepNode(node, event, now);
        node = state;
        return effects;
      },
      deadline: () => nodeDeadline(node),
      status: (now) => nodeStatus(node, now),
      hasLeft: () => hasLeft(node),
    };
  },
};
