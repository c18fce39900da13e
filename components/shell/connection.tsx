"use client";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { followAll } from "@/lib/client/events";
import type { Connection } from "@/lib/client/live-source";
import { useWhileVisible } from "./use-while-visible";

const ConnectionContext = createContext<Connection>("connecting");

/** Follows the server's live events while they can be seen, and says how the stream stands. */
export function ConnectionProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  useWhileVisible(useCallback(() => followAll(client, setConnection), [client]));
  return <ConnectionContext value={connection}>{children}</ConnectionContext>;
}

export function useConnection(): Connection {
  return useContext(ConnectionContext);
}
