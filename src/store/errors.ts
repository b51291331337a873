/** Another server has the database. The message is for people: who has it, and what to do. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError';
}

/**
 * The file cannot be our database: another program's, a newer version's, or damaged. The message is for
 * people.
 */
export class StoreFileError extends Error {
  override readonly name = 'StoreFileError';
}
