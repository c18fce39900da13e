"use client";
import { useQuery } from "@tanstack/react-query";
import { NoLatentsNote } from "@/components/shell/no-latents-note";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { collectionsQuery } from "@/lib/client/latents";
import { runQuery } from "@/lib/client/runs";
import { isLatentMethod, taskOf } from "@/lib/contract/run-config";
import { EncoderBench } from "./encoder/encoder-bench";
import { SteerBench } from "./steer-bench";
import styles from "./steering.module.css";

/** What changes when latents are edited: in the text that a model writes, or in what an encoder answers. */
export function SteerScreen({ runId }: { readonly runId: string }) {
  const detail = useQuery(runQuery(runId));
  const collections = useQuery(collectionsQuery(runId));
  const failed = detail.error ?? collections.error;
  if (failed !== null && (detail.data === undefined || collections.data === undefined)) {
    return (
      <main className="page">
        <ErrorNote
          title="This run could not be read"
          actions={<Button onClick={() => void Promise.all([detail.refetch(), collections.refetch()])}>Try again</Button>}
        >
          {failed.message}
        </ErrorNote>
      </main>
    );
  }
  if (detail.data === undefined || collections.data === undefined) return <Waiting />;
  const { method } = detail.data.run;
  if (!isLatentMethod(method)) return <NoLatentsNote runId={runId} method={method} />;
  if (taskOf(detail.data.config).kind !== "languageModel")
    return <EncoderBench key={runId} detail={detail.data} method={method} collections={collections.data} />;
  return <SteerBench key={runId} detail={detail.data} method={method} collections={collections.data} />;
}

function Waiting() {
  return (
    <main className={`page ${styles["two"]}`} aria-busy="true">
      <div className={styles["left"]}>
        <Skeleton height={220} />
        <Skeleton height={280} />
      </div>
      <Skeleton height={320} />
    </main>
  );
}
