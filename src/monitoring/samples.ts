import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Clock, isoTime } from '../lib/clock.ts';
import { limits, type Sample } from '../protocol/index.ts';

/** How the process of the server was, measured at even intervals. */
export interface Samples {
  /** Those of the last hours, the oldest first, with one of this moment. */
  list(hours: number): Sample[];
  close(): void;
}

export function startSamples(clock: Clock, intervalMs: number = limits.sampleIntervalMs): Samples {
  const kept: { readonly atMs: number; readonly sample: Sample }[] = [];
  const delay = monitorEventLoopDelay();
  let cpu = process.cpuUsage();
  let sinceMs = performance.now();
  delay.enable();

  function measure(): Sample {
    const { user, system } = process.cpuUsage(cpu);
    const passedMs = Math.max(1, performance.now() - sinceMs);
    const { percentiles } = delay;
    return {
      timestamp: isoTime(clock),
      cpu_percent: Math.round((user + system) / passedMs / 10),
      memory_bytes: process.memoryUsage.rss(),
      loop_delay_p99_ms: percentiles.size === 0 ? 0 : Math.round(delay.percentile(99) / 1e6),
    };
  }

  function take(): void {
    kept.push({ atMs: clock.steady(), sample: measure() });
    if (kept.length > limits.samplesMax) kept.shift();
    cpu = process.cpuUsage();
    sinceMs = performance.now();
    delay.reset();
  }

  const timer = setInterval(take, intervalMs);
  timer.unref();
  return {
    list(hours) {
      const fromMs = clock.steady() - hours * 60 * 60 * 1000;
      const past = kept.filter(({ atMs }) => atMs >= fromMs).map(({ sample }) => sample);
      return [...past, measure()];
    },
    close() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
