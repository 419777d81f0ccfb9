// The few colours, by what they mean. Whether to use them at all is the terminal's affair.

/** What a colour says. */
export type Colour = "good" | "doubtful" | "bad" | "faint" | "strong";

const codes: Readonly<Record<Colour, number>> = { good: 32, doubtful: 33, bad: 31, faint: 2, strong: 1 };

/** The text in the colour, by ECMA-48 control sequences. */
export const paint = (text: string, colour: Colour): string => `\x1b[${codes[colour]}m${text}\x1b[0m`;
