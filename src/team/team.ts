import type { Bus } from '../bus/bus.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import { lookalike } from '../lib/skeleton.ts';
import {
  type AgentState,
  ChatError,
  type JournalEvent,
  type Member,
  type MemberNames,
  nameKey,
  type OwnPolicy,
  reservedNames,
  type Smartness,
  takenText,
} from '../protocol/index.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import type { Roles } from './roles.ts';

/**
 * Who is in the team. The roster is held in memory and fed by the journal, so looking a name up costs
 * nothing.
 */
export interface Team {
  members(): readonly Member[];
  /** A member by its name, in any case and any Unicode form. */
  find(name: string): Member | undefined;
  /** Whom texts can mention. */
  readonly names: MemberNames;
  agentNames(): readonly string[];
  /** The agent's member entry. Errors: unknown_agent, with who exists. */
  agent(name: string): Member;
  /**
   * Hires an agent, without a level at that of its role. Errors: name_taken, too_many_agents, unknown_role.
   */
  hire(agent: NewEmployee, by: Actor): Promise<Member>;
  /** Sets what an agent may do without asking. Errors: unknown_agent. */
  setPolicy(name: string, policy: OwnPolicy, by: Actor): Promise<void>;
  /** Fires an agent and ends its tasks. Errors: unknown_agent. */
  fire(name: string, by: Actor): Promise<void>;
  /**
   * Lets a person in; known people keep the role they have. Errors: name_taken, when an agent has the name.
   */
  join(name: string, role: string): Promise<Member>;
  /** Errors: name_taken, when a person cannot have the name. */
  refusePerson(name: string): void;
}

/** Somebody to hire. */
export interface NewEmployee {
  readonly name: string;
  readonly role: string;
  readonly smartness?: Smartness | undefined;
  /** Only for a role that is known. */
  readonly known_role?: boolean | undefined;
  /** What it may do without asking, if not as all others. */
  readonly policy?: OwnPolicy | undefined;
}

export interface TeamDependencies {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly roles: Roles;
  /** How a newly hired agent is: idle while a worker is there, else offline. */
  readonly initialState: () => { state: AgentState; reason: string | null };
}

export async function createTeam({
  store,
  bus,
  clock,
  roles,
  initialState,
}: TeamDependencies): Promise<Team> {
  const roster = new Map<string, Member>();
  for (const member of await store.listMembers()) roster.set(nameKey(member.name), member);
  // Asked at every message: the roster, which may be long, is gone through once after each change.
  let agents: readonly string[] | undefined;
  bus.subscribe((events) => {
    for (const event of events) if (follow(roster, event)) agents = undefined;
  });

  const find = (name: string) => roster.get(nameKey(name));
  const listAgents = () => [...roster.values()].filter((m) => m.kind === 'agent').map((m) => m.name);
  const agentNames = () => (agents ??= listAgents());

  function agent(name: string): Member {
    const member = find(name);
    if (member?.kind === 'agent') return member;
    throw new ChatError('unknown_agent', `No agent is called "${name}". ${whoExists(agentNames())}`);
  }

  function refuseTaken(given: string, kind: Member['kind']): void {
    const name = given.normalize('NFKC');
    if (find(given) === undefined && lookalike(name, reservedNames) !== undefined) {
      throw new ChatError('name_taken', `"${name}" cannot be a name: it means something else here.`);
    }
    if (/^guest_/i.test(name)) {
      throw new ChatError('name_taken', `"${name}" cannot be a name: names of guests begin so.`);
    }
    // Messages of an agent are shown as from NAME-bot, and it is mentioned so too.
    const member =
      find(name.replace(/-bot$/i, '')) ?? find(name) ?? (kind === 'agent' ? find(`${name}-bot`) : undefined);
    if (member === undefined && find(given) === undefined) refuseLookalike(name);
    if (member === undefined || (kind === 'person' && member.kind === 'person' && find(name) !== undefined))
      return;
    throw new ChatError('name_taken', `"${name}" is taken: ${describe(member)} already exists.`);
  }

  /** Early, for a link or a hire; the store decides when the member comes. */
  function refuseLookalike(name: string): void {
    const names = [...roster.values()].map((member) => member.name);
    const like = lookalike(name, names) ?? lookalike(name.replace(/-bot$/i, ''), names);
    if (like !== undefined) throw new ChatError('name_taken', takenText(name, like));
  }

  return {
    members: () => [...roster.values()],
    find,
    names: { get: (key) => roster.get(key)?.name },
    agentNames,
    agent,
    async hire({ name, role, smartness = roles.find(role)?.model ?? 'normal', policy, known_role }, by) {
      const unknown = known_role === true ? roles.unknownNotice(role) : null;
      if (unknown !== null) throw new ChatError('unknown_role', unknown);
      refuseTaken(name, 'agent');
      const at = isoTime(clock);
      const detail = policy === undefined ? role : `${role}, ${policyText(policy)}`;
      const note = doneBy(by, 'agent_hired', at, { subject: name, detail });
      return store.audited(note, 'hireAgent', { name, role, smartness, policy, ...initialState(), at });
    },
    async setPolicy(name, policy, by) {
      const at = isoTime(clock);
      const subject = agent(name).name;
      const note = doneBy(by, 'policy_changed', at, { subject, detail: policyText(policy) });
      await store.audited(note, 'setAgentPolicy', { name: subject, policy, at });
    },
    async fire(name, by) {
      const at = isoTime(clock);
      const subject = agent(name).name;
      const note = doneBy(by, 'agent_fired', at, { subject });
      const reason = `${name} was fired by ${by.actor ?? 'the server'}.`;
      await store.audited(note, 'fireAgent', subject, reason, at);
    },
    async join(name, role) {
      refuseTaken(name, 'person');
      return find(name) ?? store.upsertPerson({ name, role, at: isoTime(clock) });
    },
    refusePerson: (name) => refuseTaken(name, 'person'),
  };
}

/** Rules as people write them: `execute=auto`. */
function policyText(policy: OwnPolicy): string {
  const rules = Object.entries(policy).map(([group, rule]) => `${group}=${rule}`);
  return rules.length === 0 ? 'as for all agents' : rules.join(',');
}

/** A sentence that lists the agents, for errors and notices. */
export function whoExists(agents: readonly string[]): string {
  if (agents.length === 0) return 'No agent is hired yet: hire one first.';
  return `Agents here: ${agents.map((name) => `@${name}`).join(', ')}.`;
}

function describe(member: Member): string {
  return member.kind === 'agent' ? `an agent (${member.role}) with that name` : 'a person with that name';
}

/** Says whether the event changed the roster. */
function follow(roster: Map<string, Member>, event: JournalEvent): boolean {
  if (event.type === 'member_joined' || event.type === 'member_updated') {
    roster.set(nameKey(event.data.name), event.data);
    return true;
  }
  return event.type === 'member_left' && roster.delete(nameKey(event.data.name));
}
