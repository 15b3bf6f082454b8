import { AppError } from "#platform/errors.ts";

export const unauthenticated = () =>
  new AppError("unauthenticated", "access.unauthenticated", "Sign in, or send an API key.");

export const forbidden = () =>
  new AppError("forbidden", "access.forbidden", "You may not do this.");
