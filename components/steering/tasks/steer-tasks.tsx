"use client";
import type { ReactNode } from "react";
import { SteerBench } from "@/components/steering/steer-bench";
import type { Steered, Steering, SteerTask } from "@/components/steering/steer-task";
import { FragmentAddress } from "@/components/ui/address/fragment-address";
import type { TaskKind } from "@/lib/contract/tasks/tasks";
import { answerSteering } from "./answers/answer-steering";
import { diffusionSteering } from "./diffusion/diffusion-steering";
import { textSteering } from "./language-model/text-steering";
import { pictureSteering } from "./pictures/picture-steering";

/** The page that steers the latents of each task; a kind that lacks one does not compile. */
export const steerTasks: { readonly [Kind in TaskKind]: (steered: Steered) => ReactNode } = {
  languageModel: (steered) => <AddressedBench task={textSteering} {...steered} />,
  classification: (steered) => <AddressedBench task={answerSteering} {...steered} />,
  regression: (steered) => <AddressedBench task={answerSteering} {...steered} />,
  denoising: (steered) => <AddressedBench task={diffusionSteering} {...steered} />,
};

/** The same of an encoder of images, whatever its head answers. */
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
