// Where in the file a value stands. The file is parsed a second time, by a parser that keeps places; that is
// slow, so it is done only when there is something to tell.

import { type AST, parseTOML } from "toml-eslint-parser";
import { type Finding, type Path, pathText, type Problem } from "./problem.ts";

type Place = AST.Position;
// By the path as JSON, in which no two paths look alike.
type Places = Map<string, { readonly key: Place; readonly value: Place }>;

/** The findings with their places, in the order of the file. */
export function placed(findings: readonly Finding[], text: string): readonly Problem[] {
  if (findings.length === 0) return [];
  const places = placesIn(text);
  return findings.map(({ path, at, severity: _, ...told }): Problem => {
    const { line, column } = nearest(places, { path, at });
    return { line, column: column + 1, path: pathText(path), ...told };
  }).sort((a, b) => a.line - b.line || a.column - b.column);
}

// What is missing has no place of its own: the closest table around it is shown.
function nearest(places: Places, { path, at }: { readonly path: Path; readonly at: "key" | "value" }): Place {
  for (let length = path.length; length > 0; length--) {
    const place = places.get(JSON.stringify(path.slice(0, length)));
    if (place !== undefined) return length === path.length ? place[at] : place.key;
  }
  return { line: 1, column: 0 };
}

function placesIn(text: string): Places {
  const places: Places = new Map();
  try {
    for (const node of parseTOML(text, { tomlVersion: "1.1" }).body[0].body) {
      if (node.type === "TOMLTable") noteTable(node, places);
      else notePair(node, { prefix: [], places });
    }
  } catch {
    // The other parser took this text. Should this one not, the messages are still worth more than their places.
  }
  return places;
}

function noteTable(node: AST.TOMLTable, places: Places): void {
  const place = { key: node.loc.start, value: node.loc.start };
  node.resolvedKey.forEach((_, index) => noteFirst(places, node.resolvedKey.slice(0, index + 1), place));
  for (const pair of node.body) notePair(pair, { prefix: node.resolvedKey, places });
}

function notePair(node: AST.TOMLKeyValue, { prefix, places }: { prefix: Path; places: Places }): void {
  const names = node.key.keys.map((key) => key.type === "TOMLBare" ? key.name : key.value);
  names.forEach((_, index) => {
    const key = node.key.keys[index]?.loc.start ?? node.loc.start;
    noteFirst(places, [...prefix, ...names.slice(0, index + 1)], { key, value: node.value.loc.start });
  });
  noteInside(node.value, { path: [...prefix, ...names], places });
}

function noteInside(node: AST.TOMLContentNode, { path, places }: { path: Path; places: Places }): void {
  if (node.type === "TOMLInlineTable") {
    for (const pair of node.body) notePair(pair, { prefix: path, places });
  } else if (node.type === "TOMLArray") {
    node.elements.forEach((element, index) => {
      noteFirst(places, [...path, index], { key: element.loc.start, value: element.loc.start });
      noteInside(element, { path: [...path, index], places });
    });
  }
}

function noteFirst(places: Places, path: Path, place: { key: Place; value: Place }): void {
  const id = JSON.stringify(path);
  if (!places.has(id)) places.set(id, place);
}
