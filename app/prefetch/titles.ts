import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { collectionQueryOptions } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";

/** `Latents · my-run`; the run's id where its name cannot be read. */
export async function titleInRun(runId: string, ...parts: readonly string[]): Promise<Metadata> {
  const { answer } = await read(runRecordQuery(runId));
  return titled(...parts, answer?.run.name ?? runId);
}

/** The same of a dictionary that was imported. */
export async function titleInDictionary(collectionId: string, ...parts: readonly string[]): Promise<Metadata> {
  const { answer } = await read(collectionQueryOptions(collectionId));
  return titled(...parts, answer?.name ?? collectionId);
}

/** What is special first: tabs of a browser show little. */
function titled(...parts: readonly string[]): Metadata {
  return { title: parts.join(" · ") };
}
