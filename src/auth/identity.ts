/** Who a request or connection is from. */
export interface Identity {
  readonly user_id: string;
  readonly role: string;
  readonly kind: 'person' | 'worker';
  /** The stored hash of the session it came in by; null when development mode believed a name. */
  readonly session: string | null;
}
