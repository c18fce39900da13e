import { type Edit, type EditScope, edit as editSchema, type LatentRef } from "@/lib/contract/edit";

/**
 * One edit as a link holds it: `clamp*layers.12.self_attn.v_proj*87*0.5*generated`, with `*off` when it is switched off.
 * Scopes from–to are `3-7`; module names hold no `*`.
 */
export function editToText(edit: Edit): string {
  const tail = [scopeToText(edit.scope), ...(edit.isOn ? [] : ["off"])];
  switch (edit.operation) {
    case "scale":
    case "clamp":
      return [edit.operation, edit.latent.module, edit.latent.index, edit.value, ...tail].join("*");
    case "ablatePost":
    case "ablatePre":
      return [edit.operation, edit.latent.module, edit.latent.index, ...tail].join("*");
    case "moduleOff":
      return [edit.operation, edit.module, ...tail].join("*");
    case "adapterOff":
      return [edit.operation, ...tail].join("*");
  }
}

/** The edit that a link holds; null when it says none that exists. */
export function editFromText(text: string): Edit | null {
  const parts = text.split("*");
  const isOn = parts.at(-1) !== "off";
  if (!isOn) parts.pop();
  const operation = parts.shift();
  const scope = scopeFromText(parts.pop() ?? "");
  const latent = { module: parts[0], index: Number(parts[1]) };
  const parsed = editSchema.safeParse({
    operation,
    scope,
    isOn,
    latent,
    module: parts[0],
    value: parts[2] === undefined ? undefined : Number(parts[2]),
  });
  return parsed.success ? parsed.data : null;
}

/** Where a person steers with these latents: each ablated, or scaled by 1 and ready to be moved. */
export function steerHref(
  runId: string,
  collectionId: string | null,
  latents: readonly LatentRef[],
  operation: "ablatePost" | "scale" = "ablatePost",
): string {
  const search = new URLSearchParams();
  if (collectionId !== null) search.set("collection", collectionId);
  for (const latent of latents) {
    const common = { latent, isOn: true, scope: "all" } as const;
    search.append("edit", editToText(operation === "scale" ? { operation, value: 1, ...common } : { operation, ...common }));
  }
  const text = search.toString();
  return `/runs/${encodeURIComponent(runId)}/steer${text === "" ? "" : `?${text}`}`;
}

function scopeToText(scope: EditScope): string {
  return typeof scope === "string" ? scope : `${scope.from}-${scope.to}`;
}

function scopeFromText(text: string): unknown {
  const range = /^(\d+)-(\d+)$/.exec(text);
  return range === null ? text : { from: Number(range[1]), to: Number(range[2]) };
}
