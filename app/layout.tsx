import "./globals.css";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { fontVariables } from "@/app/fonts/faces";
import { isEmbedded } from "@/app/prefetch/embedded";
import { SearchBox } from "@/components/search/search-box";
import { Announcer } from "@/components/shell/announcer";
import { earlyInputScript } from "@/components/shell/early-input";
import { EmbedFrame } from "@/components/shell/embed-frame";
import { Providers } from "@/components/shell/providers";
import { contentId } from "@/components/shell/skip-link";
import { StaleBar } from "@/components/shell/stale-bar";
import { themeScript } from "@/components/shell/theme-script";
import { TopBar } from "@/components/shell/top-bar";
import { TourCard } from "@/components/tour/tour-card";

export const metadata: Metadata = {
  title: { default: "Stanscope", template: "%s · Stanscope" },
  description: "Train STAN and LoRA adapters, inspect what their latents learned, and steer generation with them.",
};
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/** What streams in behind a waiting page is hidden until a script puts it in place; without scripts it is shown where it is. */
const withoutScripts = "[aria-busy=true]{display:none!important}body>div[hidden][id^='S:']{display:block!important}";

/** Reading the nonce makes every page render on request, as the script policy requires (`scripts/web/security-headers.mjs`). */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? "";
  const isEmbed = await isEmbedded();
  return (
    <html lang="en" className={fontVariables} suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own constants; they must run before the first paint */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: `${themeScript};${earlyInputScript}` }} />
        <noscript>
          <style>{withoutScripts}</style>
        </noscript>
      </head>
      <body>
        <Providers renderedAt={Date.now()}>
          {isEmbed ? null : <TopBar search={<SearchBox />} />}
          <StaleBar />
          <Announcer />
          <div id={contentId}>{isEmbed ? <EmbedFrame>{children}</EmbedFrame> : children}</div>
          {isEmbed ? null : <TourCard />}
        </Providers>
      </body>
    </html>
  );
}
