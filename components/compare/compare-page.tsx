"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { QueryState } from "@/components/ui/query-state";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { comparisonQuery } from "@/lib/client/comparison";
import { runsQuery } from "@/lib/client/runs";
import { compareNames, compareParameters } from "./compare-address";
import { Comparison } from "./comparison";

/** Two or more sides: the verdict, the numbers behind it, and the costs. */
export function ComparePage() {
  const [address, change] = useQueryStates(compareParameters, { urlKeys: compareNames });
  const isEmpty = address.runs.length < 2;
  const comparison = useQuery({ ...comparisonQuery(address.runs), enabled: !isEmpty });
  return (
    <main className="page">
      {isEmpty ? (
        <>
          <div className="pagehead">
            <h1>Compare</h1>
            <span className="grow" />
            <AddRun runs={address.runs} onAdd={(runs) => void change({ runs })} />
          </div>
          <section className="panel">
            <EmptyState title="Select two runs" action={<ButtonLink href="/">Go to runs</ButtonLink>}>
              Select a run in the Runs table and press Compare next to another, or add runs here. Runs that differ only in their seed form
              one side.
            </EmptyState>
          </section>
        </>
      ) : (
        <QueryState query={comparison} failure="Could not compare the runs" waiting={<Skeleton height={480} />}>
          {(data) => (
            <Comparison
              comparison={data}
              address={address}
              onChange={(changes) => void change(changes)}
              action={<AddRun runs={address.runs} onAdd={(runs) => void change({ runs })} />}
            />
          )}
        </QueryState>
      )}
    </main>
  );
}

/** Another run to compare. */
function AddRun({ runs, onAdd }: { readonly runs: readonly string[]; readonly onAdd: (runs: string[]) => void }) {
  const { data = [] } = useQuery(runsQuery());
  const others = data.filter(({ id }) => !runs.includes(id));
  if (others.length === 0) return null;
  return (
    <Select
      label="Add a run"
      value=""
      options={[{ value: "", label: "Add a run" }, ...others.map(({ id, name }) => ({ value: id, label: name }))]}
      onValueChange={(id) => (id === "" ? undefined : onAdd([...runs, id]))}
    />
  );
}
