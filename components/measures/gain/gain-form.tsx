"use client";
import { z } from "zod";
import { MeasureForm, useMeasureForm } from "@/components/measures/measure-form";
import { NumberField } from "@/components/ui/number-field";

const gainChoice = z.object({ heldOutRows: z.number(), randomOrders: z.number() });
type GainChoice = Readonly<z.infer<typeof gainChoice>>;

type GainFormProps = { readonly runId: string; readonly onStarted: (measureId: string) => void };

/** How many rows and random orders the gain kept is measured with. */
export function GainForm({ runId, onStarted }: GainFormProps) {
  const { draft, set } = useMeasureForm<GainChoice>({
    ...{ runId, onStarted, name: "gain", schema: gainChoice },
    beginning: { heldOutRows: 128, randomOrders: 3 },
    requestOf: (choice) => ({ study: { kind: "gain", ...choice } }),
  });
  const { value } = draft;
  return (
    <MeasureForm draft={draft} note="Both defaults are our choice. More rows narrow the intervals; time grows with rows and random orders.">
      <NumberField
        label="Held-out rows"
        field="study.heldOutRows"
        value={value.heldOutRows}
        min={4}
        max={10_000}
        onValueChange={(heldOutRows) => set({ heldOutRows })}
      />
      <NumberField
        label="Random orders"
        field="study.randomOrders"
        value={value.randomOrders}
        min={1}
        max={32}
        onValueChange={(randomOrders) => set({ randomOrders })}
      />
    </MeasureForm>
  );
}
