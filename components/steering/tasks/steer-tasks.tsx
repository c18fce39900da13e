"use client";
import type { ReactNode } from "react";
import { SteerBench } from "@/components/steering/steer-bench";
import type { Steered, Steering, SteerTask } from "@/components/steering/steer-task";
import { FragmentAddress } from "@/components/ui/address/fragment-address";
import type { TaskKind } from "@/lib/contract/tasks/tasks";
import { answerSteering } from "./answers/answer-steering";
import { textSteering } from "./language-model/text-steering";
import { pictureSteering } from "./pictures/picture-steering";

/** The page that steers the latents of each task that reads text; a kind that lacks one does not compile. */
export const steerTasks: { readonly [Kind in Exclude<TaskKind, "denoising">]: (steered: Steered) => ReactNode } = {
  languageModel: (steered) => <AddressedBench task={textSteering} {...steered} />,
  classification: (steered) => <AddressedBench task={answerSteering} {...steered} />,
  regression: (steered) => <AddressedBench task={answerSteering} {...steered} />,
};

/** The same of a run over images, whatever its head answers. */
export function steerPictures(steered: Steered): ReactNode {
  return <AddressedBench task={pictureSteering} {...steered} />;
}

function AddressedBench<Own extends Steering>(props: Steered & { readonly task: SteerTask<Own> }) {
  return (
    <FragmentAddress parameters={props.task.parameters}>
      <SteerBench {...props} />
    </FragmentAddress>
  );
}
