import type { App } from "#platform/context.ts";
import { createWeb } from "./app.ts";
import { type Serve, startWeb } from "./lifecycle.ts";

/** Listens until it is asked to stop, then drains. */
export async function runWeb(app: App, serve: Serve, stopped: Promise<string>): Promise<void> {
  const running = startWeb(app, createWeb(app), serve);
  const { hostname, publicUrl } = app.config;
  app.log.info("Listening", { hostname, port: running.port });
  if (!publicUrl.startsWith("https://")) {
    app.log.warn("PUBLIC_URL is http: cookies are neither Secure nor bound to the host");
  }
  app.log.info("Stopping", { signal: await stopped });
  await running.stop().catch((error: unknown) => app.log.error("Stopped badly", error));
}
