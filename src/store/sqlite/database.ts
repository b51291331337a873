import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/**
 * A connection whose statements are prepared once. A row has the type that its query's author says it has.
 */
export interface Database {
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  /** Gives back how many rows changed, and the id of the last one inserted. */
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number };
  /** Statements without values or rows; several at once are allowed. */
  exec(sql: string): void;
  /** False also after SQLite rolled a transaction back by itself, as it may when the disk is full. */
  inTransaction(): boolean;
  close(): void;
}

export function wrapDatabase(connection: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();

  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = connection.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }

  return {
    get: <Row>(sql: string, ...values: SQLInputValue[]) => prepare(sql).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values) as Row[],
    run(sql, ...values) {
      const { changes, lastInsertRowid } = prepare(sql).run(...values);
      return { changes: Number(changes), lastId: Number(lastInsertRowid) };
    },
    exec: (sql) => connection.exec(sql),
    inTransaction: () => connection.isTransaction,
    close: () => connection.close(),
  };
}
