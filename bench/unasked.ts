// The product's web without one thing: it does not ask who calls. For the ratio, and nothing else.
import process from "node:process";
import { createWeb } from "../src/web/app.ts";
import { startWeb } from "../src/web/lifecycle.ts";
import { buildApp, serve } from "../src/web/main.ts";
import { owner } from "./access.ts";

const app = buildApp(process.env);
const running = startWeb(app, createWeb(app, { authenticate: async () => owner }), serve);
process.once("SIGTERM", () => void running.stop().then(() => process.exit()));
