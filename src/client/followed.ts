import { ChatError, type CommandInput, type CommandType } from '../protocol/index.ts';

/** Agents whose statuses were asked for, so that they are followed again on the next connection. */
export interface Followed {
  /** Agents' names, "*" for all; undefined when none is followed. */
  names(): string[] | undefined;
  /** Notes what a request changes, and takes it back if the server refuses. Gives back the answer. */
  during<T extends CommandType, R>(type: T, input: CommandInput<T>, answer: Promise<R>): Promise<R>;
}

export function createFollowed(): Followed {
  const names = new Set<string>();
  return {
    names: () => (names.size > 0 ? [...names] : undefined),
    async during(type, input, answer) {
      const name = String(Reflect.get(input, 'agent_name')).toLowerCase();
      if (type === 'unsubscribe_agent') names.delete(name);
      if (type !== 'subscribe_agent') return answer;
      names.add(name);
      try {
        return await answer;
      } catch (error) {
        // After a dropped link, the next sign-in asks again.
        if (!(error instanceof ChatError && error.code === 'unavailable')) names.delete(name);
        throw error;
      }
    },
  };
}
