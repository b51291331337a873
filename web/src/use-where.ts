import { useCallback, useEffect, useState } from 'react';
import { hasCode } from './session/sign-in.ts';
import { formatWhere, parseWhere, type Where } from './where.ts';

/** A place that was gone to. Going to the same once more is another visit: its message is shown again. */
export type Visit = Where & { readonly visit: number };

/** Where the address of the page leads, and how to go elsewhere; back and forward work. */
export function useWhere(): readonly [Visit, (where: Where) => void] {
  const [here, setHere] = useState<Visit>(() => ({ ...parseWhere(window.location.hash), visit: 0 }));

  const arrive = useCallback((where: Where) => setHere(({ visit }) => ({ ...where, visit: visit + 1 })), []);

  useEffect(() => {
    const look = () => {
      // A sign-in link was opened in this very page: it is taken as on entering.
      if (hasCode(window.location.hash)) window.location.reload();
      else arrive(parseWhere(window.location.hash));
    };
    window.addEventListener('popstate', look);
    return () => window.removeEventListener('popstate', look);
  }, [arrive]);

  const go = useCallback(
    (where: Where) => {
      const fragment = formatWhere(where);
      const { hash, pathname, search } = window.location;
      if (fragment !== hash) window.history.pushState(null, '', fragment || pathname + search);
      arrive(where);
    },
    [arrive],
  );

  return [here, go];
}
