import { RunsPage } from "@/components/runs/runs-page";
import { RunsSkeleton } from "@/components/runs/runs-skeleton";
import { Hydrated } from "@/components/ui/hydrated";

export default function HomePage() {
  return (
    <Hydrated fallback={<RunsSkeleton />}>
      <RunsPage />
    </Hydrated>
  );
}
