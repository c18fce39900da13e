"use client";
import { useQuery } from "@tanstack/react-query";
import { NoLatentsNote } from "@/components/shell/no-latents-note";
import { inPage, QueryState, together } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { collectionsQuery } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import { isOfImages } from "@/lib/contract/run-config";
import { isAnswerTask, taskOf } from "@/lib/contract/tasks/tasks";
import styles from "./steering.module.css";
import { steerPictures, steerTasks } from "./tasks/steer-tasks";

/** What changes when latents are edited: in the text that a model writes, in what an encoder answers to a text or a picture, or in the pictures that a diffusion model makes. */
export function SteerScreen({ runId }: { readonly runId: string }) {
  const detail = useQuery(runRecordQuery(runId));
  const collections = useQuery(collectionsQuery(runId));
  return (
    <QueryState query={together({ detail, collections })} failure="This run could not be read" waiting={<Waiting />} frame={inPage}>
      {({ detail, collections }) => {
        const { method } = detail.run;
        const task = taskOf(detail.config);
        if (!isLatentMethod(method)) return <NoLatentsNote runId={runId} method={method} />;
        const Bench = isAnswerTask(task) && isOfImages(detail.config) ? steerPictures : steerTasks[task.kind];
        return <Bench key={runId} detail={detail} method={method} collections={collections} />;
      }}
    </QueryState>
  );
}

function Waiting() {
  return (
    <main className={`page columns gap-16 ${styles["two"]}`} aria-busy="true">
      <div className={`stack wide ${styles["left"]}`}>
        <Skeleton height={220} />
        <Skeleton height={280} />
      </div>
      <Skeleton height={320} />
    </main>
  );
}
