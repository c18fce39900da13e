import { createLoader, createSerializer } from "nuqs/server";
import { compareNames, compareParameters } from "@/components/compare/compare-address";
import { runListNames, runListParameters } from "@/components/runs/run-list";
import { runViewNames, runViewParameters } from "@/components/runs/run-view";
import { textNames, textParameters } from "@/components/text/text-address";

/** What addresses say, and how they are written, as pages do by hooks. */
export const readView = createLoader(runListParameters, { urlKeys: runListNames });
export const writeView = createSerializer(runListParameters, { urlKeys: runListNames });
export const plainView = readView("");

export const readRunView = createLoader(runViewParameters, { urlKeys: runViewNames });
export const writeRunView = createSerializer(runViewParameters, { urlKeys: runViewNames });

export const writeCompareAddress = createSerializer(compareParameters, { urlKeys: compareNames });

const loadText = createLoader(textParameters, { urlKeys: textNames });
export const readTextAddress = (hash: string) => loadText(new URLSearchParams(hash.replace(/^#/, "")));
