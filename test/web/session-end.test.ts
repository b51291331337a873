import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linkFrom } from '../../web/src/session/links.ts';
import { moreExact, sessionEnd } from '../../web/src/session/session-end.ts';

const dana = { user_id: 'dana', at: '2026-03-03T10:00:00.000Z' };
const nothingCame = { code: 'auth_required', reason: 'Sign in first.' };

describe('the end of a sign-in', () => {
  it('says nothing to a browser that nobody was signed in on', () => {
    assert.deepEqual(sessionEnd(nothingCame, null), {
      title: 'Sign in with a link',
      why: null,
      wasHere: false,
    });
    assert.equal(sessionEnd({ code: null, reason: null }, null).why, null);
  });

  it('by the person itself is told as that, and what is kept', () => {
    const own = { code: null, reason: null, isOwn: true } as const;
    assert.deepEqual(sessionEnd(own, null), { title: 'You signed out', why: null, wasHere: true });
  });

  it('is told with the reason of the server', () => {
    const revoked = { code: 'session_revoked', reason: 'olga signed this browser out.' };
    assert.deepEqual(sessionEnd(revoked, dana), {
      title: 'You are signed out',
      why: revoked.reason,
      wasHere: true,
    });
    const used = { code: 'auth_failed', reason: 'This sign-in link was used or has expired.' };
    assert.deepEqual(sessionEnd(used, null), {
      title: 'Sign in with a link',
      why: used.reason,
      wasHere: false,
    });
  });

  it('is told from what the browser remembers when it sends no sign-in any more', () => {
    const { title, why } = sessionEnd(nothingCame, dana);
    assert.equal(title, 'You are signed out');
    assert.match(String(why), /signed in here as dana, last on .*2026.*expires when it is not used/);
  });

  it('has the more exact reason of the connection and of the server asked again', () => {
    const closed = { code: 'auth_failed', reason: 'This session was ended.' };
    const expired = { code: 'session_expired', reason: 'It was not used for 30 days.' };
    assert.equal(moreExact(closed, nothingCame), closed);
    assert.equal(moreExact(closed, expired), expired);
  });
});

describe('a sign-in link', () => {
  const link = 'http://localhost:8080/#code=abc';

  it('has the address by which the page is reached, when the server knows only its own machine', () => {
    assert.equal(linkFrom(link, 'http://192.168.1.5:8080/#/c/main'), 'http://192.168.1.5:8080/#code=abc');
    assert.equal(linkFrom(link, 'https://host/team/'), 'https://host/team/#code=abc');
  });

  it('has the public address of the server, and stays local on its own machine', () => {
    const known = 'https://chat.example/#code=abc';
    assert.equal(linkFrom(known, 'http://192.168.1.5:8080/'), known);
    assert.equal(linkFrom(link, 'http://127.0.0.1:8080/'), link);
  });
});
