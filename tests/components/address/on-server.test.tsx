import { AppRouterContext, type AppRouterInstance } from "next/dist/shared/lib/app-router-context.shared-runtime";
import { PathnameContext, SearchParamsContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { useRunListView } from "@/components/runs/use-run-list-view";
import { steerParameters, steerParamsOf, steerValuesOf } from "@/components/steering/tasks/language-model/steer-params";
import { textNames, textParameters } from "@/components/text/text-address";
import { FragmentAddress } from "@/components/ui/address/fragment-address";
import { QueryAddress } from "@/components/ui/address/query-address";
import { useAddressState } from "@/components/ui/address/use-address-state";

const nothing = () => undefined;
const router: AppRouterInstance = {
  push: nothing,
  replace: nothing,
  back: nothing,
  forward: nothing,
  refresh: nothing,
  prefetch: nothing,
  bfcacheId: "",
};

/** A page as the server sends it for a query. */
function sent(query: string, page: ReactNode): string {
  return renderToStaticMarkup(
    <AppRouterContext value={router}>
      <PathnameContext value="/">
        <SearchParamsContext value={new URLSearchParams(query)}>
          <QueryAddress>{page}</QueryAddress>
        </SearchParamsContext>
      </PathnameContext>
    </AppRouterContext>,
  );
}

function Filter() {
  const [{ text, method }] = useRunListView();
  return `${text} by ${method}`;
}

function Prompt() {
  const [{ prompt, compared }] = useAddressState(steerParameters, steerParamsOf, steerValuesOf);
  return `${prompt} in ${compared}`;
}

function Text() {
  const [{ text, measure }] = useQueryStates(textParameters, { urlKeys: textNames });
  return `[${text}] by ${measure}`;
}

it("a page is sent with what its query says", () => {
  expect(sent("q=two+seeds&method=lora", <Filter />)).toBe("two seeds by lora");
  const steering = (
    <FragmentAddress parameters={steerParameters}>
      <Prompt />
    </FragmentAddress>
  );
  expect(sent("prompt=In+the+beginning&compare=base,edited", steering)).toBe("In the beginning in base,edited");
});

it("a custom text is not read from a query", () => {
  const reading = (
    <FragmentAddress parameters={textParameters} urlKeys={textNames} isPrivate>
      <Text />
    </FragmentAddress>
  );
  expect(sent("text=asked&by=activation", reading)).toBe("[] by null");
});
