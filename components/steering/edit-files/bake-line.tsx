"use client";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { Modal } from "@/components/ui/modal";
import type { Edit } from "@/lib/contract/edit";
import { BakeForm } from "./bake-form";
import { bakingWords } from "./baking-words";
import type { EditHome } from "./placed-edits";

type BakeLineProps = { readonly runId: string; readonly home: EditHome; readonly edits: readonly Edit[] };

/** Which edits a new adapter could hold, and why others could not. */
export function BakeLine({ runId, home, edits }: BakeLineProps) {
  const [isOpen, setIsOpen] = useState(false);
  const words = bakingWords(edits, home);
  if (words === null) return null;
  const { baked, bakedNames, refused } = words;
  return (
    <div className="stack gap-2">
      {bakedNames === null ? (
        <span>Nothing here can be baked into an adapter.</span>
      ) : (
        <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
          <span>
            <Dialog.Trigger asChild>
              <button type="button" className="bare link">
                Bake
              </button>
            </Dialog.Trigger>{" "}
            what is exact: {bakedNames}.
          </span>
          <Modal title={`Bake ${bakedNames} into an adapter`}>
            <BakeForm runId={runId} baked={baked} refused={refused} />
          </Modal>
        </Dialog.Root>
      )}
      {refused.length > 0 && (
        <ul>
          {refused.map(({ names, reason }) => (
            <li key={reason}>
              Not {names}: {reason}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
