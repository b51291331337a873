import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acknowledge, understoodText } from './announcements.ts';

const now = {
  busyWith: undefined,
  busyInPrivate: false,
  ahead: 0,
  worker: 'connected',
  supply: null,
} as const;

function asked(description: string) {
  return { kind: 'work', description, message_id: 1 } as const;
}

test('an acknowledgement is in one language: in English where an English sentence follows', () => {
  const text = 'Mach die Überschrift bitte dunkelblau und etwas größer';
  assert.equal(acknowledge(asked(text), now), `Verstanden: “${text}”.`);
  assert.equal(
    acknowledge(asked(text), { ...now, worker: 'starting' }),
    `Got it: “${text}”. My worker is just starting; then I begin.`,
  );
  assert.match(understoodText(text, 'I read it after this step.'), /^Got it: /);
});

test('quotation marks of a request stand in no others', () => {
  const text = 'rename the title to "Bakery"';
  assert.equal(acknowledge(asked(text), now), 'Got it: “rename the title to ‘Bakery’”.');
  const takesUp = { how: 'continue', agent_name: 'elad' } as const;
  assert.equal(acknowledge(asked(text), now, takesUp), 'I go on with “rename the title to ‘Bakery’”.');
});
