import type { Metadata } from "next";
import { ExperimentsPage } from "@/components/experiments/experiments-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Experiments" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <ExperimentsPage />
    </Hydrated>
  );
}
