import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { limits } from '../../../src/protocol/index.ts';
import { useLive } from '../live/use-live.ts';
import { useMay } from '../live/use-may.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { field } from '../ui/looks.ts';

/** What an agent was told to remember; whoever gives work can tell it more, and take notes away. */
export function AgentMemory({ agentName }: { readonly agentName: string }) {
  const { client } = useLive();
  const queries = useQueryClient();
  const mayTell = useMay('assign');
  const queryKey = ['memory', agentName];
  const { data: notes = [], error } = useQuery({
    queryKey,
    queryFn: async () => (await client.request('get_memory', { agent_name: agentName })).notes,
    staleTime: 0,
  });
  const forget = useMutation({
    mutationFn: (note_id: number) => client.request('forget', { agent_name: agentName, note_id }),
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  const problem = error ?? forget.error;
  if (notes.length === 0 && !mayTell && problem === null) return null;

  return (
    <section className="mt-6" data-testid="agent-memory">
      <h3 className="mb-1 text-xs font-semibold text-faint">Remembers</h3>
      <ul className="space-y-1">
        {notes.map(({ note_id, topic, text, told_by }) => (
          <li
            key={note_id}
            className="group flex items-start gap-2 rounded-lg px-2 py-1 text-sm hover:bg-hover"
          >
            <p className="min-w-0 flex-1 break-words" title={`told by ${told_by}`}>
              <bdi className="font-medium">{topic}:</bdi> <bdi>{text}</bdi>
            </p>
            {mayTell && (
              <IconButton label={`Forget: ${topic}`} onClick={() => forget.mutate(note_id)}>
                <Trash2 aria-hidden="true" className="size-3.5" />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      {problem !== null && (
        <p role="alert" className="mt-1 text-sm text-bad">
          {problem.message}
        </p>
      )}
      {mayTell && <Tell agentName={agentName} onTold={() => queries.invalidateQueries({ queryKey })} />}
    </section>
  );
}

interface TellProps {
  readonly agentName: string;
  readonly onTold: () => void;
}

function Tell({ agentName, onTold }: TellProps) {
  const { client } = useLive();
  const [topic, setTopic] = useState('');
  const [text, setText] = useState('');
  const id = useId();
  const remember = useMutation({
    mutationFn: () => client.request('remember', { agent_name: agentName, topic, text }),
    onSuccess() {
      setTopic('');
      setText('');
      onTold();
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (topic.trim() !== '' && text.trim() !== '') remember.mutate();
  }

  return (
    <form onSubmit={submit} className="mt-2 flex flex-wrap gap-2">
      <label htmlFor={`${id}-topic`} className="sr-only">
        Topic
      </label>
      <input
        dir="auto"
        id={`${id}-topic`}
        value={topic}
        onChange={(event) => setTopic(event.target.value)}
        maxLength={limits.topicCharsMax}
        placeholder="Topic"
        autoComplete="off"
        className={`${field} w-28 flex-none`}
      />
      <label htmlFor={`${id}-text`} className="sr-only">
        What to remember
      </label>
      <input
        dir="auto"
        id={`${id}-text`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        maxLength={limits.noteCharsMax}
        placeholder="What to remember"
        autoComplete="off"
        className={`${field} min-w-40 flex-1`}
      />
      <Button type="submit" disabled={topic.trim() === '' || text.trim() === '' || remember.isPending}>
        Remember
      </Button>
      {remember.error && (
        <p role="alert" className="w-full text-sm text-bad">
          {remember.error.message}
        </p>
      )}
    </form>
  );
}
