"use client";
import { useQuery } from "@tanstack/react-query";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import { HeadCell } from "@/components/ui/table-head";
import { useNow } from "@/components/ui/use-now";
import { modelsQuery } from "@/lib/client/models";
import type { SystemStatus, WorkerSummary } from "@/lib/contract/worker";
import { formatBytes, formatDuration, notMeasured } from "@/lib/numbers/format";
import styles from "./jobs.module.css";

/** Every worker with its device, memory and last heartbeat. */
export function WorkersPanel({ status, error }: { status: SystemStatus | undefined; error: Error | null }) {
  const now = useNow(1000);
  const models = useQuery(modelsQuery()).data ?? [];
  const nameOf = (id: string) => models.find((model) => model.id === id)?.name ?? id;
  if (error && !status) return <ErrorNote title="Could not load the workers">{messageOf(error)}</ErrorNote>;
  if (status?.workers.length === 0) {
    return (
      <ErrorNote tone="warn" title="No workers connected yet">
        Training and generation need a worker. `npm start` starts one; `npm run worker` on another machine with the same DATABASE_URL adds
        more.
      </ErrorNote>
    );
  }
  return (
    <Panel title="Workers" isPadded={false}>
      <div className="scrollx">
        <table className={`table stacks still ${styles["table"]}`}>
          <thead>
            <tr>
              <HeadCell>Worker</HeadCell>
              <HeadCell>Device</HeadCell>
              <HeadCell>Engine</HeadCell>
              <HeadCell isNumeric unit="resident">
                Memory
              </HeadCell>
              <HeadCell>Loaded</HeadCell>
              <HeadCell>Activity</HeadCell>
              <HeadCell isNumeric>Last heartbeat</HeadCell>
            </tr>
          </thead>
          <tbody>
            {status ? (
              status.workers
                .filter((worker) => isWorthShowing(worker, now))
                .map((worker) => <WorkerRow key={worker.id} worker={worker} now={now} nameOf={nameOf} />)
            ) : (
              <SkeletonRows rows={1} columns={7} />
            )}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function WorkerRow({ worker, now, nameOf }: { worker: WorkerSummary; now: number; nameOf: (modelId: string) => string }) {
  const silent = Math.max(0, (now - Date.parse(worker.heartbeatAt)) / 1000);
  return (
    <tr>
      <td>
        <b className="strong">{worker.host}</b> <span className="dim mono tiny">{worker.id.slice(0, 8)}</span>
      </td>
      <td data-label="Device">{worker.device}</td>
      <td className="mid" data-label="Engine">
        {worker.backend}
      </td>
      <td className="num" data-label="Memory">
        {worker.memoryBytes > 0 ? formatBytes(worker.memoryBytes) : <span className="dim">{notMeasured}</span>}
      </td>
      <td data-label="Loaded">
        {worker.loadedModels.length === 0 ? <span className="dim">nothing</span> : worker.loadedModels.map(nameOf).join(", ")}
      </td>
      <td data-label="Activity">
        {worker.isAlive ? (
          <Status tone={worker.doing === null ? "done" : "live"}>{worker.doing ?? "Idle"}</Status>
        ) : (
          <Status tone="warn">Lost contact; its jobs were reassigned</Status>
        )}
      </td>
      <td className="num dim" data-label="Last heartbeat">
        {silent < 5 ? "just now" : `${formatDuration(silent)} ago`}
      </td>
    </tr>
  );
}

const lostShownMs = 15 * 60_000;

/** A lost worker is listed for 15 minutes. */
function isWorthShowing(worker: WorkerSummary, now: number): boolean {
  return worker.isAlive || now - Date.parse(worker.heartbeatAt) < lostShownMs;
}
