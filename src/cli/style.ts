import { styleText } from 'node:util';

type Format = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | NameColour;
type NameColour = (typeof nameColours)[number];

const nameColours = ['cyan', 'magenta', 'blue', 'green', 'yellow', 'cyanBright', 'magentaBright'] as const;

export interface Style {
  paint(format: Format, text: string): string;
  /** A member's name, always in the same colour. */
  name(name: string): string;
}

export function createStyle(colours: boolean): Style {
  const paint = (format: Format, text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  return { paint, name: (name) => paint('bold', paint(colourOf(name), name)) };
}

/** Colours are for terminals that can show them and people who want them (no-color.org). */
export function wantsColours(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return Boolean(stream.isTTY) && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

function colourOf(name: string): NameColour {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return nameColours[sum % nameColours.length] ?? 'cyan';
}
