// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { ClassTable } from "@/components/latent/class-table";
import { DomainTable } from "@/components/latent/domain-table";
import { noChoice } from "@/components/latent/example-groups";
import { ExamplePanel } from "@/components/latent/example-panel";
import { LatentNumbers } from "@/components/latent/latent-numbers";
import { PlaceMap } from "@/components/latent/place-map";
import { selectivityTrials } from "@/lib/contract/selectivity-trials";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentDetailWith, latentRowWith } from "@/tests/support/latent-detail";
import { renderPage } from "@/tests/support/page";

const domains = [100, 500].map((timestep, at) => ({
  ...{ name: `time step 0${timestep}`, fireCount: 6 - 4 * at, tokens: 160, timestep },
  images: { fired: 5 - 3 * at, of: 10 },
}));
const detail = latentDetailWith({ row: latentRowWith({ fireCount: 8, rowShare: 0.35 }), positionKind: "patch", tokens: 320, domains });

afterEach(cleanup);

it("shares of a diffusion model's latent are by time step, of all images", () => {
  render(<DomainTable detail={detail} chosen={null} onChoose={() => undefined} />);
  screen.getByRole("heading", { name: "By time step" });
  expect(screen.getAllByRole("row").map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^100.*50.%.*5 of 10/),
    expect.stringMatching(/^500.*20.%.*2 of 10/),
  ]);
});

it("examples are chosen by time step", () => {
  renderPage(
    <ExamplePanel detail={detail} collectionId="c" domains={domains} isDense={false} choice={noChoice} onChoice={() => undefined} />,
  );
  expect(screen.getByLabelText("Time step").textContent).toContain("All time steps");
});

it("the interval of a class counts images, not how often each was read", () => {
  const share = (images: number | undefined) => ({ fired: 5, of: 20, ...(images === undefined ? {} : { images }) });
  const { container, rerender } = render(<ClassTable classes={[{ name: "red", images: share(undefined) }]} />);
  expect(container.textContent).toContain("[11.2, 46.9]");
  rerender(<ClassTable classes={[{ name: "red", images: share(4) }]} />);
  expect(container.textContent).toContain("share of noisy images · 95 % CI over images");
  expect(container.textContent).toContain("[4.56, 69.9]");
});

it("selectivity by time step counts each image once", () => {
  const rows = domains.map(({ images: { of }, timestep }) => ({ rows: of, timestep }));
  expect(selectivityTrials({ fireCount: 8, rowShare: 0.35 }, rows)).toBe(4);
  expect(selectivityTrials({ fireCount: 8, rowShare: 0.35 }, [{ rows: 10 }, { rows: 10 }])).toBe(7);
});

it("an effect is not offered to be measured", () => {
  const collection = collectionWith({ domains: domains.map(({ name, tokens, timestep }) => ({ name, tokens, rows: 10, timestep })) });
  renderPage(<LatentNumbers detail={detail} collection={collection} noun="latent" isDense={false} mayMeasure loss="denoising" />);
  screen.getByText("not measured of diffusion models");
  expect(screen.queryByRole("button")).toBeNull();
});

it("shares by place lie as patches do, on the scale of the largest, with the interval of the one that is told", () => {
  const places = { grid: { columns: 2, leading: 0 }, fired: [0, 8, 4, 0], of: 20, images: 4 };
  const { container } = render(<PlaceMap detail={{ places, positionKind: "patch" }} />);
  screen.getByRole("img", { name: /at most 40.% at patch 1, 2/ });
  expect([...container.querySelectorAll<SVGPathElement>("path")].map((path) => [path.getAttribute("d"), path.style.fill])).toEqual([
    ["M1 0h1v1h-1z", "var(--act-8)"],
    ["M0 1h1v1h-1z", "var(--act-4)"],
  ]);
  expect(container.textContent).toMatch(/patch 1, 2: 40.% \[10\.3, 79\.5\], 8 of 20 noisy images · 95 % CI over images/);
});
