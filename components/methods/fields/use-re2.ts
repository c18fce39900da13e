import { useEffect, useState } from "react";
import { loadRe2 } from "#re2";

/** Loads RE2 once there is an expression to check, and draws again when it has loaded; if loading fails, the server still checks. */
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
