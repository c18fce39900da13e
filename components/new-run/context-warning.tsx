"use client";
import { useQuery } from "@tanstack/react-query";
import { ErrorNote } from "@/components/ui/error-note";
import { modelContextQuery } from "@/lib/client/models";
import { formatInteger } from "@/lib/numbers/format";

type ContextWarningProps = {
  /** Undefined while none is chosen. */
  readonly modelId: string | undefined;
  /** The longest row. */
  readonly tokens: number;
};

/** Says where rows are longer than the texts that the model read before its positions were scaled, and how they are scaled. */
export function ContextWarning({ modelId, tokens }: ContextWarningProps) {
  const { data: original } = useQuery({ ...modelContextQuery(modelId ?? ""), enabled: modelId !== undefined });
  if (original == null || tokens <= original.tokens) return null;
  return (
    <ErrorNote tone="warn" title={`Rows exceed the model’s original context of ${formatInteger(original.tokens)} tokens`}>
      Beyond it, positions are scaled: {original.scaling}. Compare the loss of long rows with that of short ones.
    </ErrorNote>
  );
}
