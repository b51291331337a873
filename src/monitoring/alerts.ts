import { type Clock, isoTime } from '../lib/clock.ts';
import { type Alert, ChatError, type HealthSummary, limits } from '../protocol/index.ts';

/** What somebody should look at: seen when it is asked for, known by what it is about. */
export interface Alerts {
  /** Takes what is wrong now. What was wrong and is no more is resolved. The newest first. */
  update(found: readonly Found[]): Alert[];
  /** Says that somebody sees to it. Errors: not_found. */
  acknowledge(alertId: string, by: string): Alert;
}

export type Found = Pick<Alert, 'alert_id' | 'severity' | 'message'>;

export function createAlerts(clock: Clock): Alerts {
  const known = new Map<string, Alert>();

  return {
    update(found) {
      const now = isoTime(clock);
      const wrong = new Set(found.map(({ alert_id }) => alert_id));
      for (const [id, alert] of known) {
        if (alert.status === 'resolved' || wrong.has(id)) continue;
        known.set(id, { ...alert, status: 'resolved', resolved_at: now });
      }
      for (const one of found) {
        const before = known.get(one.alert_id);
        const anew = { created_at: now, acknowledged_by: null, resolved_at: null, status: 'active' } as const;
        const kept = before === undefined || before.status === 'resolved' ? anew : before;
        known.delete(one.alert_id);
        known.set(one.alert_id, { ...kept, ...one });
      }
      for (const id of known.keys()) {
        if (known.size <= limits.alertsMax) break;
        known.delete(id);
      }
      return [...known.values()].reverse();
    },
    acknowledge(alertId, by) {
      const alert = known.get(alertId);
      if (alert === undefined || alert.status === 'resolved') {
        throw new ChatError('not_found', `No alert that is not resolved has the id "${alertId}".`);
      }
      const acknowledged: Alert = { ...alert, status: 'acknowledged', acknowledged_by: by };
      known.set(alertId, acknowledged);
      return acknowledged;
    },
  };
}

/** What is wrong with agents. */
export function agentAlerts({ agent_details }: HealthSummary): Found[] {
  return Object.entries(agent_details).flatMap(([name, { health_status, reason }]): Found[] => {
    const severity = severities[health_status];
    if (severity === null) return [];
    const message = `${name} is ${health_status.toLowerCase()}.${reason === null ? '' : ` ${reason}`}`;
    return [{ alert_id: `agent-${name}-${health_status.toLowerCase()}`, severity, message }];
  });
}

const severities = { HEALTHY: null, STAGNANT: 'low', ERROR: 'medium', STUCK: 'high' } as const;
