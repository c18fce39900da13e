import type { Metadata } from "next";
import { DictionariesPage } from "@/components/dictionaries/dictionaries-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Dictionaries" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <DictionariesPage />
    </Hydrated>
  );
}
