import { KeyValues } from "@/components/ui/key-values";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import type { RunRecord } from "@/lib/contract/run";
import { formatPlural } from "@/lib/numbers/format";
import { bakedWords } from "./baked-words";

/** Of a run that was not trained: whose adapter it has, and what was changed in it. */
export function DerivedPanel({ detail: { run, bakedEdits } }: { detail: Pick<RunRecord, "run" | "bakedEdits"> }) {
  if (bakedEdits === null) return null;
  return (
    <Panel
      title="Derived"
      aside={<span className="small dim">{formatPlural(bakedEdits.length, "edit")} baked in</span>}
      foot="Not trained or evaluated. It can be steered, collected and exported like any run."
    >
      <p className="mid">
        Written from the adapter of{" "}
        {run.derivedFrom ? (
          <Link className="link" href={`/runs/${run.derivedFrom.id}`}>
            {run.derivedFrom.name}
          </Link>
        ) : (
          "a deleted run"
        )}
        , with these edits in its matrices:
      </p>
      <KeyValues
        entries={bakedEdits.map((edit, place) => {
          const { where, what } = bakedWords(edit);
          return [`${place + 1}. ${where}`, what] as const;
        })}
      />
    </Panel>
  );
}
