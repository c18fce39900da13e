"use client";
import { type Query, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { keys } from "@/lib/client/keys";
import { statusQuery } from "@/lib/client/status";
import { useConnection } from "./connection";

/**
 * Reports on every page that something shown could not be refreshed, or that the server's status could not be read. Earlier data stays; failed readings are
 * tried again when the event stream reopens or a worker is back.
 */
export function StaleBar() {
  const client = useQueryClient();
  const connection = useConnection();
  const [isRetrying, setIsRetrying] = useState(false);
  const cache = client.getQueryCache();
  const failed = useSyncExternalStore(
    (onChange) => cache.subscribe(onChange),
    () => cache.getAll().find(isReportedHere)?.state ?? null,
    () => null,
  );
  // The top bar polls the status.
  const { data: status } = useQuery({ ...statusQuery(), enabled: false });
  const hasWorker = status?.workers.some(({ isAlive }) => isAlive) ?? false;
  const answering = connection !== "open" ? "nobody" : hasWorker ? "server and worker" : "server";
  useEffect(() => {
    if (answering !== "nobody") void client.refetchQueries({ predicate: isFailed });
  }, [client, answering]);
  if (!failed?.error) return null;
  const { data, error } = failed;
  const retry = async () => {
    setIsRetrying(true);
    await client.refetchQueries({ predicate: isReportedHere });
    setIsRetrying(false);
  };
  return (
    <div className="stalebar" role="status">
      <span title={messageOf(error)}>
        {data === undefined ? "Could not read the server’s status." : "Could not refresh."} {messageOf(error)}
      </span>
      <Button size="dense" disabled={isRetrying} onClick={() => void retry()}>
        {isRetrying ? "Retrying…" : "Retry"}
      </Button>
    </div>
  );
}

/** Whether it is shown on the page and its last reading failed. */
function isFailed(query: Query): boolean {
  return query.state.status === "error" && query.isActive();
}

/** The same, where earlier data is still shown; and the status, because nothing else on a page says that it was never read. */
function isReportedHere(query: Query): boolean {
  return isFailed(query) && (query.state.data !== undefined || query.queryKey[0] === keys.status[0]);
}
