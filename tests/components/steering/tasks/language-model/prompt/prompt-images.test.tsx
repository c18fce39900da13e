// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import { PromptImages } from "@/components/steering/tasks/language-model/prompt/prompt-images";
import { readSteerParams } from "@/components/steering/tasks/language-model/steer-params";
import { requestOf } from "@/components/steering/tasks/language-model/steer-request";
import type { PromptImage } from "@/lib/contract/generate";
import { mostPictureBytes } from "@/lib/contract/read-picture";

afterEach(cleanup);

function Held({ onImages }: { readonly onImages: (images: readonly PromptImage[]) => void }) {
  const [images, setImages] = useState<readonly PromptImage[]>([]);
  const take = (next: readonly PromptImage[]) => {
    setImages(next);
    onImages(next);
  };
  return <PromptImages images={images} onImages={take} />;
}

const choose = (file: File) => fireEvent.change(screen.getByLabelText("Image file"), { target: { files: [file] } });

it("takes images in their order and lets go of them", async () => {
  let images: readonly PromptImage[] = [];
  render(
    <Held
      onImages={(next) => {
        images = next;
      }}
    />,
  );
  choose(new File([new Uint8Array([1, 2, 3])], "first.png"));
  await waitFor(() => expect(screen.getByAltText("first.png")).toBeTruthy());
  choose(new File([new Uint8Array([4])], "second.webp"));
  await waitFor(() =>
    expect(images.map(({ name, data }) => [name, data])).toEqual([
      ["first.png", "AQID"],
      ["second.webp", "BA=="],
    ]),
  );
  fireEvent.click(screen.getByRole("button", { name: "Remove first.png" }));
  expect(images.map(({ name }) => name)).toEqual(["second.webp"]);
});

it("says why images cannot be taken: empty, too large, or too large together", async () => {
  render(<Held onImages={() => {}} />);
  choose(new File([], "empty.png"));
  await waitFor(() => expect(screen.getByText("empty.png is empty.")).toBeTruthy());
  choose(new File([new Uint8Array(mostPictureBytes - 10)], "large.png"));
  await waitFor(() => expect(screen.getByAltText("large.png")).toBeTruthy());
  choose(new File([new Uint8Array(100)], "more.png"));
  await waitFor(() => expect(screen.getByText(/All images together are larger than 2.5 MB/)).toBeTruthy());
  expect(screen.queryByAltText("more.png")).toBeNull();
});

it("sends them with the prompt, which is then not kept", () => {
  const params = readSteerParams(new URLSearchParams({ prompt: "what is this" }));
  expect(requestOf(params, false)).toMatchObject({ isKept: true });
  expect(requestOf(params, false, [{ name: "a.png", data: "AQID" }])).toMatchObject({
    images: [{ name: "a.png", data: "AQID" }],
    isKept: false,
  });
});
