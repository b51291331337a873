import { useEffect, useState } from 'react';

/** Later by this, so that a timer that fires early does not find the day before. */
const graceMs = 500;

/** The present time as of the beginning of the day, told anew at midnight and after the page was asleep. */
export function useToday(): Date {
  const [today, setToday] = useState(() => new Date());
  // biome-ignore lint/correctness/useExhaustiveDependencies: each day has a midnight of its own
  useEffect(() => {
    const look = () =>
      setToday((before) => (before.toDateString() === new Date().toDateString() ? before : new Date()));
    const now = new Date();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
    const timer = setTimeout(look, midnight.getTime() - now.getTime() + graceMs);
    document.addEventListener('visibilitychange', look);
    look();
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [today]);
  return today;
}
