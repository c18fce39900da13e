"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { z } from "zod";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import styles from "@/components/measures/measures.module.css";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { NumberField } from "@/components/ui/number-field";
import { keys } from "@/lib/client/keys";
import { startStudy } from "@/lib/client/studies";
import { type StartStudyInput, type StudySummary, startStudyRequest } from "@/lib/contract/study";

const gainChoice = z.object({ heldOutRows: z.number(), randomOrders: z.number() });
type GainChoice = Readonly<z.infer<typeof gainChoice>>;

type GainFormProps = { readonly runId: string; readonly onStarted: (measureId: string) => void };

/** How many rows and random orders the gain kept is measured with. */
export function GainForm({ runId, onStarted }: GainFormProps) {
  const client = useQueryClient();
  const draft = useDraftForm<GainChoice, StartStudyInput, StudySummary>({
    name: `gain/1/${runId}`,
    schema: gainChoice,
    beginning: { heldOutRows: 128, randomOrders: 3 },
    requestOf: (choice) => ({ study: { kind: "gain", ...choice } }),
    contract: startStudyRequest,
    mutation: {
      mutationFn: (request) => startStudy(runId, request),
      onSuccess: () => client.invalidateQueries({ queryKey: keys.studies(runId) }),
    },
    onSent: ({ id }) => onStarted(id),
  });
  const { value, sending: start } = draft;
  const set = (change: Partial<GainChoice>) => draft.set((before) => ({ ...before, ...change }));
  return (
    <Form form={draft} className="stack fit gap-12">
      <div key={draft.round} className={`fields ${styles["fields"]}`}>
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
      </div>
      <div className={styles["start"]}>
        <p className="small mid">Both defaults are our choice. More rows narrow the intervals; time grows with rows and random orders.</p>
        <DiscardDraft draft={draft} />
        <Button look="primary" type="submit" disabled={start.isPending}>
          <Play size={12} aria-hidden="true" />
          {start.isPending ? "Starting…" : "Measure"}
        </Button>
      </div>
      {start.error !== null && <ErrorNote title="Could not start">{messageOf(start.error)}</ErrorNote>}
    </Form>
  );
}
