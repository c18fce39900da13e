import { createLoader, createSerializer, type LoaderInput } from "nuqs/server";
import { compareNames, compareParameters } from "@/components/compare/compare-address";
import { runListNames, runListParameters } from "@/components/runs/run-list";
import { runViewNames, runViewParameters } from "@/components/runs/run-view";
import { answerParameters, answerParamsOf } from "@/components/steering/tasks/answers/answer-params";
import { steerParameters, steerParamsOf } from "@/components/steering/tasks/language-model/steer-params";
import { textNames, textParameters } from "@/components/text/text-address";

/** What addresses say, and how they are written, as pages do by hooks. */
export const readView = createLoader(runListParameters, { urlKeys: runListNames });
export const writeView = createSerializer(runListParameters, { urlKeys: runListNames });
export const plainView = readView("");

export const readRunView = createLoader(runViewParameters, { urlKeys: runViewNames });
export const writeRunView = createSerializer(runViewParameters, { urlKeys: runViewNames });

export const writeCompareAddress = createSerializer(compareParameters, { urlKeys: compareNames });

const loadSteer = createLoader(steerParameters);
export const readSteerParams = (search: LoaderInput) => steerParamsOf(loadSteer(search));

const loadAnswers = createLoader(answerParameters);
export const readAnswerParams = (search: LoaderInput) => answerParamsOf(loadAnswers(search));

const loadText = createLoader(textParameters, { urlKeys: textNames });
export const readTextAddress = (hash: string) => loadText(new URLSearchParams(hash.replace(/^#/, "")));
