import type { Metadata } from "next";
import { NewExperimentPage } from "@/components/experiments/form/new-experiment-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "New experiment" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <NewExperimentPage />
    </Hydrated>
  );
}
