/** How the load client speaks to a kind of server. */
export interface Protocol {
  readonly path: string;
  /** What is sent after the handshake, and how many frames answer it before a connection is ready. */
  readonly greeting: (index: number) => string | null;
  readonly greetingFrames: number;
  readonly message: (text: string, sequence: number) => string;
  /** Frames of a message's size that come beyond those to all receivers: an acknowledgement to the sender. */
  readonly acknowledgements: number;
  /** The whole payload of a text frame that asks for a sign of life, by its size, and the answer. */
  readonly heartbeat?: { readonly size: number; readonly answer: string };
}

const plain: Protocol = {
  path: '/',
  greeting: () => null,
  greetingFrames: 0,
  message: (text) => text,
  acknowledgements: 0,
};

/**
 * At most so many people sign in; beyond, they do so with several devices. Everyone hears of every person who
 * comes, which for thousands at once takes longer than a benchmark may.
 */
const people = 5_000;

export const protocols = {
  plain,
  ours: {
    ...plain,
    greeting: (index) => JSON.stringify({ type: 'auth', user_id: `person-${index % people}` }),
    greetingFrames: 1,
    // As our own client sends it: with an id that makes resending harmless, and asking for an
    // acknowledgement.
    message: (text, sequence) =>
      JSON.stringify({ type: 'chat_message', request_id: sequence, client_message_id: `m${sequence}`, text }),
    acknowledgements: 1,
  },
  'socket.io': {
    ...plain,
    path: '/socket.io/?EIO=4&transport=websocket',
    greeting: () => '40',
    // The engine's own greeting, and the answer to ours.
    greetingFrames: 2,
    message: (text) => `42${JSON.stringify(['chat', text])}`,
    heartbeat: { size: 1, answer: '3' },
  },
} as const satisfies Record<string, Protocol>;

export type ProtocolName = keyof typeof protocols;
