// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { StudyList } from "@/components/studies/study-list";
import { startedAt } from "@/components/ui/moment";
import { studiesQuery } from "@/lib/client/studies";
import { renderPage, testClient } from "@/tests/support/page";

afterEach(cleanup);

it("says when a study was started as the list of runs does", async () => {
  const createdAt = "2024-03-03T09:12:00.000Z";
  const client = testClient();
  client.setQueryData(studiesQuery("r").queryKey, [{ id: "s", runId: "r", kind: "dose", name: "a dose", createdAt, task: null }]);
  renderPage(<StudyList runId="r" openId={null} onOpen={() => undefined} />, client);
  fireEvent.click(screen.getByRole("button", { name: "1 study" }));
  const study = await screen.findByRole("button", { name: /a dose/ });
  const time = study.querySelector("time");
  expect(time?.dateTime).toBe(createdAt);
  expect(time?.textContent).toBe(startedAt(createdAt, new Date()));
});
