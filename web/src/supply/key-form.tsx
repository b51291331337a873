import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { limits, ProviderName } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { Button } from '../ui/button.tsx';
import { field } from '../ui/looks.ts';

interface KeyFormProps {
  /** The one that is configured, or empty. */
  readonly provider: string;
  readonly onDone: () => void;
}

/** A provider and its API key. The key goes over this page's own connection and is kept nowhere here. */
export function KeyForm({ provider: configured, onDone }: KeyFormProps) {
  const { client } = useLive();
  const [provider, setProvider] = useState(configured);
  const [key, setKey] = useState('');
  const id = useId();
  const send = useMutation({
    mutationFn: () => client.request('set_provider_key', { provider, key }),
    onSuccess: onDone,
    // Whether it was taken or not, it is to be typed again.
    onSettled: () => setKey(''),
    gcTime: 0,
  });
  const isComplete = ProviderName.safeParse(provider).success && key.trim() !== '';

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isComplete) send.mutate();
  }

  return (
    <form
      onSubmit={submit}
      className="mt-2.5 flex max-w-2xl flex-wrap items-end gap-2"
      data-testid="key-form"
    >
      <label htmlFor={`${id}-provider`} className="w-36 max-sm:w-full">
        <span className="mb-1 block text-xs font-medium text-soft">Provider</span>
        <input
          id={`${id}-provider`}
          value={provider}
          onChange={(event) => setProvider(event.target.value)}
          placeholder="anthropic"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          className={field}
        />
      </label>
      <label htmlFor={`${id}-key`} className="min-w-48 flex-1 max-sm:w-full">
        <span className="mb-1 block text-xs font-medium text-soft">API key</span>
        <input
          id={`${id}-key`}
          type="password"
          value={key}
          onChange={(event) => setKey(event.target.value)}
          maxLength={limits.providerKeyCharsMax}
          autoComplete="new-password"
          className={field}
        />
      </label>
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={!isComplete || send.isPending}>
          {send.isPending ? 'Storing…' : 'Store key'}
        </Button>
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
      </div>
      <p className="w-full text-xs text-soft">
        It is stored with opencode on the machine of the agents, readable by its user only. It is not shown
        again.
      </p>
      {send.error && (
        <p role="alert" className="w-full text-sm text-bad">
          {send.error.message}
        </p>
      )}
    </form>
  );
}
