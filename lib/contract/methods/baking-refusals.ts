import type { Edit } from "@/lib/contract/edit";

/** Why an edit has no fixed factor that matrices could hold, whatever the method; undefined where it has one. */
export function refusedWithoutFactor(edit: Edit): string | undefined {
  switch (edit.operation) {
    case "scale":
    case "ablatePost":
    case "ablatePre":
    case "isolate":
    case "moduleOff":
      return refusedPlaces(edit);
    case "clamp":
    case "minClamp":
      return "A fixed activation is no product of matrices: it is there where the latent does not fire.";
    case "add":
      return "Adding to an activation adds a constant, and the adapter has no bias.";
    case "forceIn":
      return "Matrices cannot force a latent in: whether it is kept depends on the token.";
    case "adapterOff":
      return "Without the adapter there is nothing to write: the base model is that already.";
  }
}

function refusedPlaces(edit: Edit): string | undefined {
  if (edit.scope !== "all") return "It is limited to some positions, while a matrix applies to all.";
  if (edit.skipsSpecialTokens === true) return "It skips special tokens, while a matrix applies to every token.";
  if ("onlyIf" in edit && edit.onlyIf !== undefined) return "It depends on another latent, and a matrix has no conditions.";
  return undefined;
}
