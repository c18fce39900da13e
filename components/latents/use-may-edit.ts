"use client";
import { useQuery } from "@tanstack/react-query";
import { runQuery } from "@/lib/client/runs";
import { taskOf } from "@/lib/contract/run-config";
import type { LatentHome } from "./latent-home";

/** Whether latents seen here can be edited and their ablation measured: those of a run whose model continues text. An encoder's are read alone. */
export function useMayEdit(home: LatentHome): boolean {
  const runId = home.kind === "run" ? home.runId : "";
  const { data } = useQuery({ ...runQuery(runId), enabled: home.kind === "run" });
  return home.kind === "run" && (data === undefined || taskOf(data.config).kind === "languageModel");
}
