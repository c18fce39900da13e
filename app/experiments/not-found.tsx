import { NotFoundNote } from "@/components/shell/not-found-note";

export default function ExperimentNotFound() {
  return (
    <NotFoundNote title="Experiment not found" href="/experiments" back="All experiments">
      No experiment has this address. It may have been deleted, or the address may be mistyped.
    </NotFoundNote>
  );
}
