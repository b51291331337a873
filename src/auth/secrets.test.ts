import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'node:test';
import { hashSecret, isSecret, newSecret } from './secrets.ts';

test('a secret is compared as a whole, in the same time wherever it differs', (t) => {
  const compared = t.mock.method(crypto, 'timingSafeEqual');
  syncBuiltinESMExports();
  t.after(() => {
    compared.mock.restore();
    syncBuiltinESMExports();
  });
  const secret = newSecret();
  const wrong = ['', secret.slice(0, -1), `${secret}a`, newSecret()];
  assert.equal(isSecret(secret, hashSecret(secret)), true);
  for (const other of wrong) assert.equal(isSecret(other, hashSecret(secret)), false);
  assert.equal(compared.mock.callCount(), wrong.length + 1);
});
