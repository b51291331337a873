import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventScope } from '../protocol/index.ts';
import { maySee, type Viewer } from './visibility.ts';

const memberships = { isMember: (id: string, name: string) => id === 'c1' && /^dana$/i.test(name) };
const dana: Viewer = { user_id: 'Dana', kind: 'person' };
const omar: Viewer = { user_id: 'omar', kind: 'person' };
const worker: Viewer = { user_id: 'worker', kind: 'worker' };

const cases: readonly [scope: EventScope | undefined, seenBy: readonly Viewer[]][] = [
  [undefined, [dana, omar, worker]],
  [{ conversation_id: 'c1' }, [dana, worker]],
  [{ conversation_id: 'gone' }, [worker]],
  [{ member: 'omar' }, [omar]],
  [{ member: 'worker' }, []],
  [{ conversation_id: 'c1', member: 'dana' }, [dana]],
  [{ conversation_id: 'c1', member: 'omar' }, []],
];

for (const [scope, seenBy] of cases) {
  test(`who sees an event of ${JSON.stringify(scope) ?? 'everybody'}`, () => {
    const seen = [dana, omar, worker].filter((viewer) => maySee({ scope }, viewer, memberships));
    assert.deepEqual(seen, seenBy);
  });
}
