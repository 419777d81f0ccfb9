import type { NodeEffect, NodeEvent } from "./events.ts";
import type { NodeStatus } from "./status.ts";
import type { Group, HostName, Incarnation, Instant, Step } from "./vocabulary.ts";

/** Everything a host knows and has promised. Opaque to all but core. */
export declare interface Node {
  readonly self: HostName;
}

/** A node before its first event. */
export declare function createNode(
  of: {
    readonly group: Group;
    readonly self: HostName;
    readonly incarnation: Incarnation;
    readonly now: Instant;
  },
): Node;
/** Answers an event. */
export declare function stepNode(node: Node, event: NodeEvent, now: Instant): Step<Node, NodeEffect>;
/** When the node wants a clockTicked; null: never. */
export declare function nodeDeadline(node: Node): Instant | null;
/** What the node tells about itself. */
export declare function nodeStatus(node: Node, now: Instant): NodeStatus;
/** True once a requested stop is complete: every VIP is released and the farewell is sent. */
export declare function hasLeft(node: Node): boolean;
