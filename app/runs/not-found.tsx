import { NotFoundNote } from "@/components/shell/not-found-note";

export default function RunNotFound() {
  return (
    <NotFoundNote title="Run not found" href="/" back="All runs">
      No run has this address. It may have been deleted, or the address may be mistyped.
    </NotFoundNote>
  );
}
