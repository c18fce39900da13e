import { KeyValues } from "@/components/ui/key-values";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import { Panel } from "@/components/ui/panel";
import type { RunRecord } from "@/lib/contract/run";

/** Says that the sample was trained elsewhere, and what can be done with it; nothing for any other run. */
export function SamplePanel({ detail: { run, provenance } }: { readonly detail: Pick<RunRecord, "run" | "provenance"> }) {
  if (!run.isSample) return null;
  return (
    <Panel
      title="Sample"
      foot="Included with Stanscope. Trained and measured on another machine, so throughput and times are from there, and median step time and memory are left out. Its adapter and statistics are read-only. Labels, edits, measurements and further collections that you add are yours; they go when you remove the sample."
    >
      <KeyValues
        entries={[
          [
            "Trained",
            run.finishedAt === null ? (
              "unknown"
            ) : (
              <LocalTime key="trained" at={run.finishedAt} format={(iso) => startedAt(iso, new Date())} />
            ),
          ],
          ["Device", provenance["device"] ?? "unknown"],
        ]}
      />
    </Panel>
  );
}
