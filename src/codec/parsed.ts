// What every parser in this ring gives back: the value, or for people what is wrong with the text or bytes.

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

export const parsed = <Value>(value: Value): Parsed<Value> => ({ ok: true, value });
export const problem = (text: string): Parsed<never> => ({ ok: false, problem: text });
