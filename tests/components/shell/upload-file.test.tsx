// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { UploadFile } from "@/components/shell/upload-file";
import type { UploadProgress } from "@/lib/client/upload";
import { renderPage } from "@/tests/support/page";

afterEach(cleanup);

/** A place to upload to, and what its server does. */
function open() {
  let report: UploadProgress = () => {};
  let settle: (result: string | Error) => void = () => {};
  const onAnswer = vi.fn();
  const send = vi.fn(
    (_file: File) =>
      new Promise<string>((resolve, reject) => {
        settle = (result) => (typeof result === "string" ? resolve(result) : reject(result));
      }),
  );
  renderPage(
    <UploadFile
      hint=".csv"
      accept=".csv"
      failure="Could not add it"
      mutation={(onProgress) => {
        report = onProgress;
        return { mutationFn: send };
      }}
      onAnswer={onAnswer}
    >
      <p>Queued</p>
    </UploadFile>,
  );
  const file = new File(["a,b"], "rows.csv");
  fireEvent.change(screen.getByLabelText(/Choose a file or drop it here/), { target: { files: [file] } });
  return {
    send,
    file,
    onAnswer,
    report: (sent: number, total: number) => act(() => report(sent, total)),
    settle: (result: string | Error) => settle(result),
  };
}

it("sends a file that is chosen, shows how much has gone, then that it was taken", async () => {
  const { send, file, onAnswer, report, settle } = open();
  await screen.findByText("Sending rows.csv");
  expect(send.mock.calls[0]?.[0]).toBe(file);
  report(2, 3);
  expect(document.body.textContent).toContain("2\u00a0B of 3\u00a0B");
  settle("t");
  await screen.findByText("Queued");
  expect(onAnswer.mock.calls[0]?.[0]).toBe("t");
  expect(screen.queryByText("Could not add it")).toBeNull();
});

it("says why a file was refused, and takes another", async () => {
  const { settle } = open();
  await screen.findByText("Sending rows.csv");
  settle(new Error("The disk is full."));
  await screen.findByText("Could not add it");
  screen.getByText("The disk is full.");
  screen.getByLabelText(/Choose a file or drop it here/);
  expect(screen.queryByText("Queued")).toBeNull();
});
