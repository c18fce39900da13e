import { Skeleton } from "./skeleton";

/** A page before its data is there; under its heading where that does not depend on the data. */
export function PageSkeleton({ title }: { title?: string }) {
  return (
    <main className="page" aria-busy="true">
      {title === undefined ? null : (
        <div className="pagehead">
          <h1>{title}</h1>
        </div>
      )}
      <div className="panel">
        <div className="body stack">
          <Skeleton height={34} />
          <Skeleton height={320} />
        </div>
      </div>
    </main>
  );
}
