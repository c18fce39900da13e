import { Skeleton } from "@/components/ui/skeleton";

/** The table's page before anything is known. */
export function LatentsWaiting() {
  return (
    <main className="page" aria-busy="true">
      <div className="panel">
        <div className="body stack">
          <Skeleton height={28} width={320} />
          <Skeleton height={96} />
          <Skeleton height={34} />
          <Skeleton height={420} />
        </div>
      </div>
    </main>
  );
}
