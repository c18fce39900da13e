import { Suspense } from "react";
import { RunsPage } from "@/components/runs/runs-page";
import { RunsSkeleton } from "@/components/runs/runs-skeleton";

export default function HomePage() {
  return (
    <Suspense fallback={<RunsSkeleton />}>
      <RunsPage />
    </Suspense>
  );
}
