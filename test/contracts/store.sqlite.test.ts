import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { temporaryDirectory } from '../support/store.ts';
import { storeContract } from './store.ts';

storeContract('sqlite', async () => {
  const directory = temporaryDirectory();
  const path = directory.file('chat.db');
  return {
    open: (onCommit) => openSqliteStore({ path, onCommit }),
    remove: async () => directory.remove(),
  };
});
