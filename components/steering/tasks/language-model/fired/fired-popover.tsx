"use client";
import { useQuery } from "@tanstack/react-query";
import { Popover } from "radix-ui";
import { useMemo } from "react";
import type { Generation } from "@/components/generation/takes/generation";
import { LatentGistOf } from "@/components/latents/find/latent-gist";
import { latentHref } from "@/components/latents/latent-href";
import { LatentName } from "@/components/latents/latent-name";
import { defaultLatentParams } from "@/components/latents/latent-params";
import { TokenChip } from "@/components/latents/token-chip";
import { rampColour } from "@/components/plots/ramp";
import { newEdit } from "@/components/steering/edit-change";
import styles from "@/components/steering/steering.module.css";
import { Button } from "@/components/ui/button";
import floating from "@/components/ui/floating.module.css";
import { Link } from "@/components/ui/link";
import { QueryState } from "@/components/ui/query-state";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { keys } from "@/lib/client/keys";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { ArmName } from "@/lib/contract/generate";
import { moduleKey } from "@/lib/contract/latent-key";
import { mostTextTokens } from "@/lib/contract/read-text";
import { shownAlone } from "@/lib/contract/token-bytes";
import { formatFixed, formatInteger, formatPercent } from "@/lib/numbers/format";
import { type Fired, type FiredLatent, firedByModule, firedQuestion, readFired, strongestFired } from "./fired-at";

/** What can be done with a latent that fired. */
export type FiredActions = {
  readonly runId: string;
  readonly collectionId: string | null;
  readonly colourMaxOf: (latent: LatentRef) => number;
  readonly isEdited: (latent: LatentRef) => boolean;
  readonly onEdit: (edit: Edit) => void;
  readonly onWatch: (latent: LatentRef) => void;
};

type FiredPopoverProps = FiredActions & {
  readonly generation: Generation;
  readonly arm: ArmName;
  readonly position: number;
  /** The token's own element. */
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
};

const shownRows = 12;

/** What fired in the adapter when it read one token, strongest first, at that token. */
export function FiredPopover({ generation, arm, position, anchor, onClose, ...actions }: FiredPopoverProps) {
  const virtual = useMemo(() => ({ current: anchor }), [anchor]);
  const token = generation.arms[arm]?.tokens[position];
  return (
    <Popover.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Popover.Anchor virtualRef={virtual} />
      <Popover.Portal>
        <Popover.Content
          className={`${floating["popover"]} ${styles["fired"]}`}
          aria-label="What fired here"
          sideOffset={6}
          collisionPadding={8}
        >
          <h3>What fired at {token !== undefined && <TokenChip text={shownAlone(token)} />}</h3>
          <FiredList key={`${arm} ${position}`} generation={generation} arm={arm} position={position} {...actions} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

type FiredListProps = FiredActions & Pick<FiredPopoverProps, "generation" | "arm" | "position">;

function FiredList({ generation, arm, position, ...actions }: FiredListProps) {
  const { runId } = actions;
  const question = firedQuestion(generation, arm, position);
  const fired = useQuery({
    queryKey: [...keys.run(runId), "fired", question?.request.text, question?.ids.length],
    queryFn: ({ signal }) => (question === null ? Promise.reject(new Error("no text")) : readFired(runId, question, signal)),
    enabled: question !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (question === null) return <p className="note">Generated from token ids or continued from earlier tokens: no text to re-read.</p>;
  return (
    <QueryState query={fired} failure="Could not read the text" waiting={<Skeleton height={240} />}>
      {(read) => <FiredContent read={read} {...actions} />}
    </QueryState>
  );
}

function FiredContent({ read, ...actions }: FiredActions & { readonly read: Fired }) {
  switch (read.kind) {
    case "tooFar":
      return <p className="note">Firings are available for the first {formatInteger(mostTextTokens)} tokens only.</p>;
    case "otherTokens":
      return <p className="note">Re-tokenising this text gives different tokens, so activations here can’t be reproduced.</p>;
    case "fired": {
      const strongest = strongestFired(read.latents, actions.colourMaxOf, shownRows);
      return (
        <>
          <ul className="columns gap-8">
            {strongest.map((latent) => (
              <FiredRow key={`${latent.module} ${latent.index}`} latent={latent} {...actions} />
            ))}
          </ul>
          <KeepOnly fired={read.latents} onEdit={actions.onEdit} />
          <p className="tiny dim">
            In the adapter without edits, the {formatInteger(strongest.length)} strongest of {formatInteger(read.latents.length)}:
            activation in its module’s scale, and its share of what the module writes here.
          </p>
        </>
      );
    }
  }
}

/** Leaves a module with those alone that fired here. */
function KeepOnly({ fired, onEdit }: { readonly fired: readonly FiredLatent[]; readonly onEdit: (edit: Edit) => void }) {
  const modules = firedByModule(fired);
  return (
    <Select
      label="Leave a module with those that fired here"
      isDense
      value=""
      onValueChange={(module) => {
        const found = modules.find(({ name }) => name === module);
        if (found !== undefined)
          onEdit({ operation: "isolate", module: found.name, indices: [...found.indices], isOn: true, scope: "all" });
      }}
      options={[
        { value: "", label: "Isolate those that fired here, of…" },
        ...modules.map(({ name, layer, projection, indices }) => ({
          value: name,
          label: `${moduleKey({ layer, projection })}, ${formatInteger(indices.length)}`,
        })),
      ]}
    />
  );
}

function FiredRow({
  latent,
  runId,
  collectionId,
  colourMaxOf,
  isEdited,
  onEdit,
  onWatch,
}: FiredActions & { readonly latent: FiredLatent }) {
  const { module, index, layer, projection, activation, outputShare } = latent;
  const ref = { module, index };
  return (
    <li className={styles["firedrow"]}>
      <Link href={latentHref(runId, ref, { ...defaultLatentParams, collectionId })} prefetch={false}>
        <LatentName layer={layer} projection={projection} index={index} />
      </Link>
      <span className="fitting">{collectionId !== null && <LatentGistOf collectionId={collectionId} latent={ref} />}</span>
      <span
        className={`num ${styles["firedvalue"]}`}
        style={{ background: rampColour(activation, colourMaxOf(ref) || Math.abs(activation), "act") }}
      >
        {formatFixed(activation, 2)}
      </span>
      <span className="num dim tiny">{formatPercent(outputShare)}</span>
      <Button look="quiet" size="dense" title="Show its activations under the text, unedited" onClick={() => onWatch(ref)}>
        Watch
      </Button>
      <Button size="dense" onClick={() => onEdit(newEdit(ref))}>
        {isEdited(ref) ? "Again" : "Edit"}
      </Button>
    </li>
  );
}
