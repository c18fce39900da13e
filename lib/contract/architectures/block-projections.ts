import type { DecoderArchitecture } from "./architecture";
import type { DecoderRole } from "./decoder-config";

const PROJECTION_ROLES: readonly DecoderRole[] = ["q", "k", "v", "qkv", "attentionOutput", "gate", "up", "gateUp", "down"];

/** The place of a decoder's projection: its block, and its name within that. */
export type BlockProjection = { readonly layer: number; readonly name: string };

/** The projection that can carry an adapter under a module's whole name; undefined for norms, routers and experts. */
export function blockProjection(module: string, { names }: DecoderArchitecture["layout"]): BlockProjection | undefined {
  if (!module.startsWith(`${names.layers}.`)) return undefined;
  const [layer = "", ...inner] = module.slice(names.layers.length + 1).split(".");
  const name = inner.join(".");
  const byRole: Readonly<Partial<Record<DecoderRole, string>>> = names;
  return PROJECTION_ROLES.some((role) => byRole[role] === name) ? { layer: Number(layer), name } : undefined;
}
