import type { Metadata } from "next";
import { NewRunPage } from "@/components/new-run/new-run-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "New run" };

export default function Page() {
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <NewRunPage />
    </Hydrated>
  );
}
