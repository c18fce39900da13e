"use client";
import { useQuery } from "@tanstack/react-query";
import { ErrorNote } from "@/components/ui/error-note";
import { type QueryReading, QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import { useNow } from "@/components/ui/use-now";
import { modelsQuery } from "@/lib/client/models";
import type { SystemStatus, WorkerSummary } from "@/lib/contract/worker";
import { formatBytes, formatDuration } from "@/lib/numbers/format";
import styles from "./jobs.module.css";

/** A strip of all workers: device, what each does now, memory and last heartbeat. */
export function WorkersPanel({ status }: { readonly status: QueryReading<SystemStatus> }) {
  const now = useNow(1000);
  const models = useQuery(modelsQuery()).data ?? [];
  const nameOf = (id: string) => models.find((model) => model.id === id)?.name ?? id;
  return (
    <section aria-label="Workers">
      <QueryState query={status} failure="Could not load the workers" waiting={<Skeleton height={74} />}>
        {({ workers }) =>
          workers.length === 0 ? (
            <ErrorNote tone="warn" title="No workers connected yet">
              Training and generation need a worker. `npm start` starts one; `npm run worker` on another machine with the same DATABASE_URL
              adds more.
            </ErrorNote>
          ) : (
            <ul className={styles["workers"]}>
              {workers
                .filter((worker) => isWorthShowing(worker, now))
                .map((worker) => (
                  <WorkerCard key={worker.id} worker={worker} now={now} nameOf={nameOf} />
                ))}
            </ul>
          )
        }
      </QueryState>
    </section>
  );
}

type WorkerCardProps = { readonly worker: WorkerSummary; readonly now: number; readonly nameOf: (modelId: string) => string };

function WorkerCard({ worker, now, nameOf }: WorkerCardProps) {
  const silent = Math.max(0, (now - Date.parse(worker.heartbeatAt)) / 1000);
  const loaded = worker.loadedModels.map(nameOf).join(", ");
  const memory = worker.memoryBytes > 0 ? `${formatBytes(worker.memoryBytes)} resident` : "";
  return (
    <li className={`panel ${styles["worker"]}`}>
      <span className="row between wrap">
        <span className="row wrap">
          <b className="strong">{worker.host}</b>
          <span className="dim mono tiny">{worker.id.slice(0, 8)}</span>
        </span>
        <span className="small dim">heartbeat {silent < 5 ? "just now" : `${formatDuration(silent)} ago`}</span>
      </span>
      {worker.isAlive ? (
        <Status tone={worker.doing === null ? "done" : "live"}>{worker.doing ?? "Idle"}</Status>
      ) : (
        <Status tone="warn">Lost contact; its jobs were reassigned</Status>
      )}
      <span className="small mid">
        {[worker.device, worker.backend, memory, loaded === "" ? "no model loaded" : `${loaded} loaded`].filter(Boolean).join(" · ")}
      </span>
    </li>
  );
}

const lostShownMs = 15 * 60_000;

/** A lost worker is listed for 15 minutes. */
function isWorthShowing(worker: WorkerSummary, now: number): boolean {
  return worker.isAlive || now - Date.parse(worker.heartbeatAt) < lostShownMs;
}
