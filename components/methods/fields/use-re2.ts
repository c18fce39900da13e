import { useEffect, useState } from "react";
import { loadRe2 } from "#re2";

/** Loads what checks regular expressions once one is there, and draws again when it has come; if it does not, the server checks. */
export function useRe2(isNeeded: boolean): void {
  const [, setIsLoaded] = useState(false);
  useEffect(() => {
    if (!isNeeded) return;
    loadRe2().then(
      () => setIsLoaded(true),
      () => {},
    );
  }, [isNeeded]);
}
