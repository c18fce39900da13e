import type { Metadata } from "next";
import { DataPage } from "@/components/data/data-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Data" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <DataPage />
    </Hydrated>
  );
}
