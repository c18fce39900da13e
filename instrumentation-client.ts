import type { RouterTransitionType } from "next";
import { navigationBegins } from "@/components/ui/address/navigation";

export function onRouterTransitionStart(url: string, type: RouterTransitionType): void {
  navigationBegins(url, type);
}
