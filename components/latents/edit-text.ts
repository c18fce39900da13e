import { type Edit, type EditScope, edit as editSchema } from "@/lib/contract/edit";

/**
 * One edit as a link holds it: operation, of what, value, scope, then what is not as usual, as in
 * `clamp*layers.12.self_attn.v_proj*87*0.5*generated*firing*nospecials*if*layers.11.self_attn.q_proj*5*4*off`.
 *
 * Scopes from–to are `3-7`; latents that an `isolate` keeps are `2,5-9`, ascending and each once; module names hold no `*`.
 */
export function editToText(edit: Edit): string {
  return [edit.operation, ...subjectToParts(edit), scopeToText(edit.scope), ...tailToParts(edit)].join("*");
}

/** The edit that a link holds; null when it says none that exists. */
export function editFromText(text: string): Edit | null {
  const [operation = "", ...parts] = text.split("*");
  const subject = takeSubject(operation, parts);
  const scope = scopeFromText(parts.shift() ?? "");
  const tail = takeTail(parts);
  const parsed = editSchema.safeParse({ operation, scope, ...subject, ...tail });
  return parsed.success && tail !== null ? parsed.data : null;
}

function subjectToParts(edit: Edit): (string | number)[] {
  switch (edit.operation) {
    case "scale":
    case "clamp":
    case "minClamp":
    case "add":
      return [edit.latent.module, edit.latent.index, edit.value];
    case "ablatePost":
    case "ablatePre":
    case "forceIn":
      return [edit.latent.module, edit.latent.index];
    case "isolate":
      return [edit.module, indicesToText(edit.indices)];
    case "moduleOff":
      return [edit.module];
    case "adapterOff":
      return [];
  }
}

/** Takes what an operation is of off the front of `parts`. */
function takeSubject(operation: string, parts: string[]): Record<string, unknown> {
  const next = () => parts.shift() ?? "";
  switch (operation) {
    case "scale":
    case "clamp":
    case "minClamp":
    case "add":
      return { latent: { module: next(), index: numberFrom(next()) }, value: numberFrom(next()) };
    case "ablatePost":
    case "ablatePre":
    case "forceIn":
      return { latent: { module: next(), index: numberFrom(next()) } };
    case "isolate":
      return { module: next(), indices: indicesFromText(next()) };
    case "moduleOff":
      return { module: next() };
    default:
      return {};
  }
}

function tailToParts(edit: Edit): (string | number)[] {
  const onlyIf = "onlyIf" in edit ? edit.onlyIf : undefined;
  return [
    ...("onlyIfFiring" in edit && edit.onlyIfFiring === true ? ["firing"] : []),
    ...(edit.skipsSpecialTokens === true ? ["nospecials"] : []),
    ...(onlyIf === undefined ? [] : ["if", onlyIf.latent.module, onlyIf.latent.index, onlyIf.above]),
    ...(edit.isOn ? [] : ["off"]),
  ];
}

/** What follows the scope; null where it holds a word that means nothing. */
function takeTail(parts: string[]): Record<string, unknown> | null {
  const tail: Record<string, unknown> = { isOn: true };
  for (let word = parts.shift(); word !== undefined; word = parts.shift()) {
    if (word === "off") tail["isOn"] = false;
    else if (word === "firing") tail["onlyIfFiring"] = true;
    else if (word === "nospecials") tail["skipsSpecialTokens"] = true;
    else if (word === "if") {
      const [module, index, above] = parts.splice(0, 3);
      tail["onlyIf"] = { latent: { module, index: numberFrom(index) }, above: numberFrom(above) };
    } else return null;
  }
  return tail;
}

/** The most latents a module has, so that a link cannot ask for a longer list to be written out. */
const mostIndices = 1 << 20;

function indicesToText(indices: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const index of ascending(indices)) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === index - 1) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(",");
}

function indicesFromText(text: string): number[] | null {
  const indices: number[] = [];
  for (const part of text.split(",")) {
    const [, first = "", last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    const [from, to] = [numberFrom(first), numberFrom(last)];
    if (!(to >= from) || to - from + indices.length >= mostIndices) return null;
    for (let index = from; index <= to; index++) indices.push(index);
  }
  return ascending(indices);
}

function ascending(indices: readonly number[]): number[] {
  return [...new Set(indices)].sort((a, b) => a - b);
}

function scopeToText(scope: EditScope): string {
  return typeof scope === "string" ? scope : `${scope.from}-${scope.to}`;
}

function scopeFromText(text: string): unknown {
  const range = /^(\d+)-(\d+)$/.exec(text);
  return range === null ? text : { from: Number(range[1]), to: Number(range[2]) };
}

/** What is not there is no number; JavaScript would read it as 0. */
function numberFrom(text: string | undefined): number {
  return text === undefined || text.trim() === "" ? Number.NaN : Number(text);
}
