"use client";
import { useQuery } from "@tanstack/react-query";
import { NoLatentsNote } from "@/components/shell/no-latents-note";
import { FragmentAddress } from "@/components/ui/address/fragment-address";
import { inPage, QueryState, together } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { collectionsQuery } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import { continuesText } from "@/lib/contract/tasks/tasks";
import { answerParameters } from "./encoder/answer-params";
import { EncoderBench } from "./encoder/encoder-bench";
import { SteerBench } from "./steer-bench";
import { steerParameters } from "./steer-params";
import styles from "./steering.module.css";

/** What changes when latents are edited: in the text that a model writes, or in what an encoder answers. */
export function SteerScreen({ runId }: { readonly runId: string }) {
  const detail = useQuery(runRecordQuery(runId));
  const collections = useQuery(collectionsQuery(runId));
  return (
    <QueryState query={together({ detail, collections })} failure="This run could not be read" waiting={<Waiting />} frame={inPage}>
      {({ detail, collections }) => {
        const { method } = detail.run;
        if (!isLatentMethod(method)) return <NoLatentsNote runId={runId} method={method} />;
        const bench = { detail, method, collections };
        return continuesText(detail.config) ? (
          <FragmentAddress key={runId} parameters={steerParameters}>
            <SteerBench {...bench} />
          </FragmentAddress>
        ) : (
          <FragmentAddress key={runId} parameters={answerParameters}>
            <EncoderBench {...bench} />
          </FragmentAddress>
        );
      }}
    </QueryState>
  );
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
