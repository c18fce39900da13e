// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import type { ComponentProps } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { Link } from "@/components/ui/link";

vi.mock("next/link", () => ({
  default: ({ prefetch, ...rest }: ComponentProps<"a"> & { readonly prefetch?: boolean | null }) => (
    <a {...rest} data-prefetch={String(prefetch)} />
  ),
}));

afterEach(cleanup);

const prefetchOf = (name: string) => screen.getByRole("link", { name }).dataset["prefetch"];

it("reads its page ahead once it is pointed at or takes the focus, and never where that is off", () => {
  render(
    <>
      <Link href="/jobs">Jobs</Link>
      <Link href="/data">Data</Link>
      <Link href="/adapter" prefetch={false}>
        Adapter
      </Link>
    </>,
  );
  expect(["Jobs", "Data", "Adapter"].map(prefetchOf)).toEqual(["false", "false", "false"]);
  fireEvent.pointerEnter(screen.getByRole("link", { name: "Jobs" }));
  fireEvent.focus(screen.getByRole("link", { name: "Data" }));
  fireEvent.pointerEnter(screen.getByRole("link", { name: "Adapter" }));
  expect(["Jobs", "Data", "Adapter"].map(prefetchOf)).toEqual(["null", "null", "false"]);
});
