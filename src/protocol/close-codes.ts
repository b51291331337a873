/**
 * Why the server closed a WebSocket: one table for server and clients. 4000 to 4999 are ours (RFC 6455,
 * 7.4.2).
 */
export const closeCodes = {
  goingAway: { code: 1001, reason: 'The server is stopping. Reconnect in a moment.' },
  frameTooLarge: { code: 1009, reason: 'A frame was over the size limit.' },
  authRequired: { code: 4401, reason: 'Sign in first: the first frame must be auth.' },
  authFailed: { code: 4403, reason: 'Sign-in was refused.' },
  authTimeout: { code: 4408, reason: 'No sign-in in time.' },
  sessionEnded: { code: 4410, reason: 'This session was ended. Sign in again.' },
  credentialEnded: {
    code: 4411,
    reason: 'The API key or token of this connection was revoked or has expired.',
  },
  flood: { code: 4429, reason: 'Too much at once. Slow down and reconnect.' },
  tooSlow: {
    code: 4430,
    reason: 'This connection reads too slowly. Reconnect to read on from your position.',
  },
  tooManyConnections: {
    code: 4431,
    reason: 'The server has as many connections as it takes. Try again later.',
  },
} as const;

export type CloseReason = keyof typeof closeCodes;
