"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PasteRows, UploadRows } from "@/components/shell/add-rows";
import { JobLine } from "@/components/shell/job-line";
import { Link } from "@/components/ui/link";
import { Segmented } from "@/components/ui/segmented";
import { jobsQuery } from "@/lib/client/jobs";
import { isOpenJob, type JobSummary } from "@/lib/contract/run";
import styles from "./new-run.module.css";

/** Adds a dataset without leaving the form. */
export function AddData({ onAdded }: { onAdded: (job: JobSummary) => void }) {
  const [source, setSource] = useState<"upload" | "paste">("paste");
  return (
    <div className={`stack fit gap-12 ${styles["addData"]}`}>
      <div className="row wrap between">
        <Segmented
          label="New rows from"
          value={source}
          options={[
            { value: "paste", label: "Paste" },
            { value: "upload", label: "Upload" },
          ]}
          onValueChange={setSource}
        />
        <Link className="link small" href="/data">
          From a folder on the server
        </Link>
      </div>
      {source === "paste" ? <PasteRows onAdded={onAdded} /> : <UploadRows onAdded={onAdded} />}
    </div>
  );
}

/** Progress of the job that reads the chosen dataset, or why it failed. */
export function ReadingData({ dataSetId }: { dataSetId: string }) {
  const { data: jobs } = useQuery(jobsQuery());
  const job = jobs?.find(({ id, kind }) => id === dataSetId && kind === "addDataSet");
  if (job === undefined || (!isOpenJob(job) && job.status !== "failed")) return null;
  return (
    <div role="status">
      <JobLine job={job} />
    </div>
  );
}
