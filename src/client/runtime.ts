/** The oldest Node that this package supports. */
const oldestNode = 24;

/** What is missing where this runs, and what to do. */
export function missingText(): string {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  const node = process?.versions?.node;
  const here = node === undefined ? 'This browser is too old' : `This is Node ${node}`;
  return `opencode-slack/client needs Node ${oldestNode} or newer, or a browser of 2024 or newer. ${here}.`;
}

// Said at import: what is missing would else fail later, somewhere, by a name that tells nothing.
if (typeof Promise.withResolvers !== 'function') throw new Error(missingText());
