import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits, type SearchHit } from '../../src/protocol/index.ts';
import type { MessageSearch } from '../../src/store/search-store.ts';
import { noon, type Subject, says, searchesFor } from '../support/store.ts';

/** The text of a hit with what was found in brackets. */
function marked({ snippet }: SearchHit): string {
  return snippet.map(({ text, hit }) => (hit ? `[${text}]` : text)).join('');
}

export function searchContract(subject: Subject): void {
  const say = (text: string, more: Parameters<typeof says>[1] = {}) =>
    subject.store.appendMessage(says(text, more));
  /** A page, whole unless there is no more: one call may do less. */
  const search = async (text: string, more: Partial<MessageSearch> = {}) => {
    const asked = searchesFor(text, more);
    const page = await subject.store.searchMessages(asked);
    while (asked.order === 'newest' && page.hits.length < asked.limit && page.next_cursor !== null) {
      const limit = asked.limit - page.hits.length;
      const rest = await subject.store.searchMessages({ ...asked, limit, cursor: page.next_cursor });
      page.hits.push(...rest.hits);
      page.next_cursor = rest.next_cursor;
    }
    return page;
  };
  /** What is found, with its hits in brackets. */
  const found = async (text: string, more: Partial<MessageSearch> = {}) => {
    const { hits, index_behind } = await search(text, more);
    assert.equal(index_behind, false);
    return hits.map(marked);
  };
  const starting = (text: string) => ({ terms: [{ text, prefix: true }] });
  const ids = async (text: string, more: Partial<MessageSearch> = {}) =>
    (await search(text, more)).hits.map(({ id }) => id);

  test('a word is found whatever its case and accents, in whole words only', async () => {
    await say('Ein Café in ZÜRICH');
    await say('the cafeteria');
    assert.deepEqual(await found('CAFE'), ['Ein [Café] in ZÜRICH']);
    assert.deepEqual(await found('zurich'), ['Ein Café in [ZÜRICH]']);
    assert.deepEqual(await found('cafe\u0301'), ['Ein [Café] in ZÜRICH']);
    assert.deepEqual(await found('caf'), []);
    await say('Die Straße, ΟΔΟΣ, ﬁne, ①');
    assert.deepEqual(await found('STRASSE'), ['Die [Straße], ΟΔΟΣ, ﬁne, ①']);
    assert.deepEqual(await found('οδος'), ['Die Straße, [ΟΔΟΣ], ﬁne, ①']);
    assert.deepEqual(await found('fine'), ['Die Straße, ΟΔΟΣ, [ﬁne], ①']);
    assert.deepEqual(await found('1'), ['Die Straße, ΟΔΟΣ, ﬁne, [①]']);
  });

  test('a prefix finds how words go on; a phrase finds words side by side', async () => {
    await say('deploy the server');
    await say('deployment: server, the');
    assert.deepEqual(await found('', starting('deplo')), [
      '[deployment]: server, the',
      '[deploy] the server',
    ]);
    assert.deepEqual(await found('the server'), ['deploy [the server]']);
    assert.deepEqual(await found('the-server!'), ['deploy [the server]']);
    assert.deepEqual(await found('', starting('deploy the ser')), ['[deploy the server]']);
    const both = { terms: ['server', 'deployment'].map((text) => ({ text, prefix: false })) };
    assert.deepEqual(await found('', both), ['[deployment]: [server], the']);
  });

  test('Chinese, Japanese, Korean and Thai are found within what is written without blanks', async () => {
    await say('日本語のテキスト');
    await say('本日');
    await say('서울에서 만나요');
    await say('ฉันรักภาษาไทย');
    assert.deepEqual(await found('日本'), ['[日本]語のテキスト']);
    assert.deepEqual(await found('テキスト'), ['日本語の[テキスト]']);
    assert.deepEqual(await found('서울'), ['[서울]에서 만나요']);
    assert.deepEqual(await found('ภาษา'), ['ฉันรัก[ภาษา]ไทย']);
    assert.deepEqual(await found('が'), []);
  });

  test('emoji are words, whatever their skin, and are never cut in two', async () => {
    await say('done 🎉🎉 👍🏽');
    await say('👩‍💻 at work 🇩🇪');
    assert.deepEqual(await found('🎉'), ['done [🎉🎉] 👍🏽']);
    assert.deepEqual(await found('👍'), ['done 🎉🎉 [👍🏽]']);
    assert.deepEqual(await found('👩‍💻'), ['[👩‍💻] at work 🇩🇪']);
    assert.deepEqual(await found('🇩🇪'), ['👩‍💻 at work [🇩🇪]']);
    assert.deepEqual(await found('💻'), []);
    const long = `${'🎉'.repeat(500)} needle ${'👩‍💻'.repeat(500)}`;
    await say(long);
    const [hit] = await found('needle');
    assert.ok(hit?.isWellFormed());
    assert.match(hit ?? '', /^….* \[needle\] .*👩‍💻…$/u);
  });

  test('a long text is shown where most of the search is in it', async () => {
    const filler = 'lorem ipsum dolor '.repeat(40);
    await say(`alpha ${filler} beta and alpha and beta ${filler}`);
    const terms = ['alpha', 'beta'].map((text) => ({ text, prefix: false }));
    const [hit] = await found('', { terms });
    assert.match(hit ?? '', /^….*\[beta\] and \[alpha\] and \[beta\].*…$/);
    assert.ok((hit ?? '').length <= limits.searchSnippetCharsMax + 10);
  });

  test('whatever is typed is words; without any, nothing is found', async () => {
    await say('a OR b AND (c NEAR d) "quoted" col:x ^y -z');
    for (const text of ['OR', 'AND', 'NEAR', '"quoted"', 'col:x', '^y', '-z', '(c', 'NOT', "';--", '*']) {
      assert.equal((await search(text)).hits.length, /NOT|--|^\*/.test(text) ? 0 : 1, text);
    }
    for (const text of ['!!!', '"', '***', '\u0000', '\ue000e', '\ud800', ' ']) {
      assert.deepEqual(await ids(text), [], JSON.stringify(text));
    }
    await say('private use \ue000e');
    assert.equal((await search('', { in: ['main'] })).hits.length, 2);
  });

  test('what was acknowledged is found at once; edits by their new text, deleted ones not', async () => {
    const { store } = subject;
    const said = await say('first words');
    assert.deepEqual(await ids('first'), [said.id]);
    const at = noon;
    const edit = { message_id: said.id, by: 'dana', at, mentions: [] };
    await store.editMessage({ ...edit, text: 'second words' });
    assert.deepEqual(await found('words'), ['second [words]']);
    assert.deepEqual(await ids('first'), []);
    await store.deleteMessage({ message_id: said.id, by: 'dana', at, anyones: false });
    assert.deepEqual(await ids('words'), []);
    assert.deepEqual(await ids('', { from: ['dana'] }), []);
    const many = await Promise.all(Array.from({ length: 50 }, (_, index) => say(`burst ${index}`)));
    const page = { limit: 100 };
    assert.deepEqual(
      (await ids('burst', page)).toReversed(),
      many.map(({ id }) => id).sort((a, b) => a - b),
    );
    await subject.watched.reopen();
    assert.equal((await ids('burst', page)).length, 50);
  });

  test('messages that are no longer kept are not found', async () => {
    for (let count = 1; count <= 5; count += 1) await say(`old ${count}`);
    assert.equal((await ids('old')).length, 5);
    await subject.store.removeMessages({ keep: 2, before: null, after: 0, limit: 100, at: noon });
    assert.deepEqual(await found('old'), ['[old] 5', '[old] 4']);
  });

  test('pages by time hold everything once, and end', async () => {
    const said: number[] = [];
    for (let count = 0; count < 7; count += 1) said.push((await say(`page ${count}`)).id);
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await search('page', { limit: 3, cursor });
      seen.push(...page.hits.map(({ id }) => id));
      await say('page, said meanwhile');
      cursor = page.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(seen, said.toReversed());
    await assert.rejects(search('page', { cursor: 'x' }), { code: 'bad_frame' });
    await assert.rejects(search('page', { cursor: '1-2-3' }), { code: 'bad_frame' });
  });

  test('by relevance: who says it more, shorter or side by side comes first, equals by time', async () => {
    const filler = 'and so on '.repeat(20);
    const long = await say(`blue ${filler} whale`);
    const together = await say(`the blue whale ${filler}`);
    const short = await say('blue: not green, whale');
    const same = await say('blue: not green, whale');
    const order = 'relevance';
    const terms = ['blue', 'whale'].map((text) => ({ text, prefix: false }));
    assert.deepEqual(await ids('', { terms, order }), [same.id, short.id, together.id, long.id]);
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await search('', { terms, order, limit: 3, cursor });
      seen.push(...page.hits.map(({ id }) => id));
      await say('blue whale blue whale');
      cursor = page.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(seen, [same.id, short.id, together.id, long.id]);
    await assert.rejects(search('blue', { order, cursor: '1' }), { code: 'bad_frame' });
  });

  test('only so many of the newest are compared', async () => {
    const best = await say('word word word');
    await Promise.all(Array.from({ length: limits.searchRankedMax }, () => say('a word among others')));
    assert.ok(!(await ids('word', { order: 'relevance', limit: 10 })).includes(best.id));
    const last = await say('word word');
    assert.equal((await ids('word', { order: 'relevance', limit: 10 }))[0], last.id);
  });

  test('filters go together with words and alone', async () => {
    const { store } = subject;
    await store.upsertPerson({ name: 'dana', role: 'admin', at: noon });
    const place = { conversation_id: 'c1', kind: 'channel', title: 'design', private: false } as const;
    await store.createConversation({ ...place, members: [], created_by: 'dana', at: noon });
    const link = await say('see https://example.org');
    const code = await say('run `npm test`', { sender_name: 'Omar', conversation_id: 'c1' });
    const changes = [
      { path: 'a.txt', change: 'added', diff: '', added_lines: 1, removed_lines: 0, attributed: true },
    ] as const;
    const file = await say('done', {
      sender_name: 'elad',
      sender_kind: 'agent',
      metadata: { changes: [...changes] },
    });
    const reply = await say('run it again', { thread_id: link.id });
    await store.react({ message_id: code.id, by: 'dana', emoji: '👍', on: true, at: noon });
    await store.pinMessage({ message_id: file.id, by: 'dana', on: true, at: noon });
    const cases: [Partial<MessageSearch>, { id: number }[]][] = [
      [{ has: ['link'] }, [link]],
      [{ has: ['code'] }, [code]],
      [{ has: ['file'] }, [file]],
      [{ has: ['reaction'] }, [code]],
      [{ has: ['pin'] }, [file]],
      [{ has: ['thread'] }, [link]],
      [{ has: ['link', 'thread'] }, [link]],
      [{ has: ['link', 'code'] }, []],
      [{ from: ['OMAR'] }, [code]],
      [{ from: ['omar', 'elad'] }, [file, code]],
      [{ from: ['nobody'] }, []],
      [{ in: ['c1'] }, [code]],
      [{ in: ['main', 'c1'] }, [reply, file, code, link]],
      [{ in: ['c1'], from: ['elad'] }, []],
      [{ thread: link.id }, [reply, link]],
      [{ thread: reply.id }, [reply, link]],
    ];
    for (const [filter, expected] of cases) {
      assert.deepEqual(
        await ids('', filter),
        expected.map(({ id }) => id),
        JSON.stringify(filter),
      );
    }
    assert.deepEqual(await ids('run', { in: ['c1'] }), [code.id]);
    await store.react({ message_id: code.id, by: 'dana', emoji: '👍', on: false, at: noon });
    assert.deepEqual(await ids('', { has: ['reaction'] }), []);
    const nowhere = search('run', { in: ['nowhere'] });
    await assert.rejects(nowhere, { code: 'unknown_conversation' });
    await assert.rejects(search('run', { thread: 999 }), { code: 'unknown_message' });
  });

  test('between two times, also when the clock was put back', async () => {
    const at = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();
    for (const day of [1, 5, 3, 9]) await say(`day ${day}`, { at: at(day) });
    const texts = async (more: Partial<MessageSearch>) => (await found('day', more)).join();
    assert.equal(await texts({ after: at(3) }), '[day] 9,[day] 3,[day] 5');
    assert.equal(await texts({ before: at(3) }), '[day] 1');
    assert.equal(await texts({ after: at(3), before: at(9) }), '[day] 3,[day] 5');
    assert.equal(await texts({ after: at(10) }), '');
    assert.equal(await texts({ before: at(1) }), '');
  });

  test('what is private is found by its members only, with and without words', async () => {
    const { store } = subject;
    for (const name of ['dana', 'omar', 'eve']) await store.upsertPerson({ name, role: 'admin', at: noon });
    const place = { conversation_id: 'c1', kind: 'channel', title: 'hush', private: true } as const;
    await store.createConversation({ ...place, members: ['omar'], created_by: 'dana', at: noon });
    const open = await say('hush, all');
    const hidden = await say('hush, you', { conversation_id: 'c1' });
    for (const [viewer, expected] of [
      ['dana', [hidden.id, open.id]],
      ['OMAR', [hidden.id, open.id]],
      ['eve', [open.id]],
      [null, [hidden.id, open.id]],
    ] as const) {
      assert.deepEqual(await ids('hush', { viewer }), expected, String(viewer));
      assert.deepEqual(await ids('', { viewer }), expected, String(viewer));
      assert.deepEqual(await ids('hush', { viewer, order: 'relevance' }), expected, String(viewer));
    }
    const pageOfEve = await search('hush', { viewer: 'eve', limit: 1 });
    assert.equal(pageOfEve.next_cursor, null);
    await assert.rejects(search('x', { viewer: 'eve', in: ['c1'] }), { code: 'unknown_conversation' });
    await assert.rejects(search('x', { viewer: 'eve', thread: hidden.id }), { code: 'unknown_message' });
    await store.leaveConversation({ conversation_id: 'c1', member: 'omar', at: noon });
    assert.deepEqual(await ids('hush', { viewer: 'omar' }), [open.id]);
  });

  test('at a task an agent finds what is public or of its place, whatever it is a member of', async () => {
    const { store } = subject;
    for (const name of ['dana', 'omar']) await store.upsertPerson({ name, role: 'admin', at: noon });
    for (const conversation_id of ['c1', 'c2']) {
      const place = { conversation_id, kind: 'channel', title: conversation_id, private: true } as const;
      await store.createConversation({ ...place, members: ['omar'], created_by: 'dana', at: noon });
    }
    const { id: open } = await say('hush');
    const { id: first } = await say('hush', { conversation_id: 'c1' });
    const { id: second } = await say('hush', { conversation_id: 'c2' });
    for (const [viewer, place, expected] of [
      ['omar', 'c1', [first, open]],
      ['omar', 'c2', [second, open]],
      ['omar', null, [open]],
      ['elad', 'c1', [first, open]],
    ] as const) {
      assert.deepEqual(await ids('hush', { viewer, place }), expected, `${viewer} in ${place}`);
    }
    assert.deepEqual(await ids('hush', { viewer: 'omar', place: 'c1', in: ['c2'] }), []);
  });

  test('whoever is in very many private conversations finds the same', async () => {
    const { store } = subject;
    for (const name of ['dana', 'omar']) await store.upsertPerson({ name, role: 'admin', at: noon });
    for (let count = 0; count < 70; count += 1) {
      const place = { conversation_id: `c${count}`, kind: 'channel', title: `c${count}` } as const;
      const created_by = count % 2 === 0 ? 'omar' : 'dana';
      await store.createConversation({ ...place, private: true, members: ['dana'], created_by, at: noon });
    }
    const mine = await say('needle', { conversation_id: 'c69' });
    assert.deepEqual(await ids('needle', { viewer: 'dana' }), [mine.id]);
    assert.deepEqual(await ids('needle', { viewer: 'eve' }), []);
  });
}
