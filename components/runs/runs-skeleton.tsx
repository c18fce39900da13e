import { SkeletonRows } from "@/components/ui/skeleton";
import styles from "./runs.module.css";

/** The list of runs before it is there. */
export function RunsSkeleton() {
  return (
    <main className="page" aria-busy="true">
      <div className="pagehead">
        <h1>Runs</h1>
      </div>
      <section className={`panel ${styles["list"]}`}>
        <div className={styles["filters"]} />
        <table className="table">
          <tbody>
            <SkeletonRows rows={6} columns={7} />
          </tbody>
        </table>
      </section>
    </main>
  );
}
