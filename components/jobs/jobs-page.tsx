"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { ErrorNote } from "@/components/ui/error-note";
import { Link } from "@/components/ui/link";
import { statusQuery } from "@/lib/client/status";
import { workListQuery } from "@/lib/client/work";
import { formatInteger } from "@/lib/numbers/format";
import { jobsParameters, workFilterOf } from "./jobs-address";
import { WorkPanel } from "./work-panel";
import { WorkersPanel } from "./workers-panel";

/** All work with its progress and outcome, and the workers that do it. */
export function JobsPage() {
  const status = useQuery(statusQuery());
  const [address] = useQueryStates(jobsParameters);
  const open = useQuery(workListQuery(workFilterOf(address))).data?.open;
  return (
    <main className="page">
      <div className="pagehead">
        <h1>Jobs</h1>
        <span className="sub">{open === undefined ? "" : open === 0 ? "idle" : `${formatInteger(open)} open`}</span>
        <span className="grow" />
        <Link className="link small" href="/explainer">
          Explainer settings
        </Link>
        {status.data ? (
          <span className="small dim">
            Stanscope {status.data.version}, data in <span className="mono">{status.data.dataFolder}</span>
          </span>
        ) : null}
      </div>
      <div className="stack wide">
        {status.data?.notices.map((notice) => (
          <ErrorNote key={notice.message} tone={notice.level === "warning" ? "warn" : "info"} title={notice.message} />
        ))}
        <WorkersPanel status={status} />
        <WorkPanel />
      </div>
    </main>
  );
}
