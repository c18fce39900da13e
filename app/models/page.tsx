import type { Metadata } from "next";
import { ModelsPage } from "@/components/models/models-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Models" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <ModelsPage />
    </Hydrated>
  );
}
