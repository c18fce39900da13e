import type { Metadata } from "next";
import { ImportRunPage } from "@/components/runs/import/import-run-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Import a run" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <ImportRunPage />
    </Hydrated>
  );
}
