import type { Ctx } from "#platform/context.ts";

interface Asked {
  readonly ctx: Ctx;
  readonly request: Request;
}

/**
 * For pages, as `.onBeforeHandle(signInFirst)`: a browser that has shown nothing goes to the
 * sign-in, and from there back to the page.
 */
export function signInFirst({ ctx, request }: Asked): Response | undefined {
  if (ctx.actor.kind !== "guest") return undefined;
  const { pathname, search } = new URL(request.url);
  const location = `/sign-in?next=${encodeURIComponent(pathname + search)}`;
  return new Response(null, { status: 303, headers: { location } });
}
