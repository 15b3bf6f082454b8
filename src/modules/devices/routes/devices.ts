import { Elysia, t } from "elysia";
import type { App } from "#platform/context.ts";
import { cookieOf } from "#platform/cookies.ts";
import { http } from "#platform/http/plugin.ts";
import { idParams, pageQuery } from "#platform/http/query.ts";
import { apiPrefix, noContent, versioned } from "#platform/http/replies.ts";
import { NoContent, needs, operation, responses, unguarded } from "#platform/http/responses.ts";
import { Id } from "#platform/schema.ts";
import {
  NewPairing,
  PairedDevice,
  Pairing,
  PairingCode,
  TillDevice,
  TillDevicePage,
} from "../model.ts";
import * as service from "../service/devices.ts";

// As long as browsers keep one; what counts is whether the device is still paired.
const cookieSeconds = 400 * 86_400;

export const tillDeviceRoutes = (app: App) =>
  new Elysia({ name: "till-devices", normalize: false })
    .use(http(app))
    .model({ NewPairing, PairedDevice, Pairing, PairingCode, TillDevice, TillDevicePage })
    .post(
      "/till-pairings",
      async ({ ctx, body, set }) => {
        const pairing = await service.openPairing(ctx, body);
        set.status = 201;
        return pairing;
      },
      {
        parse: "json",
        body: "NewPairing",
        response: responses({ 201: "Pairing" }, "body"),
        detail: needs(
          operation(
            "openPairing",
            "Tills",
            "Make a code that pairs a device with a till",
            "It pairs one device, once, within 10 minutes; a new one for the till ends it.",
          ),
          "tills.change",
        ),
      },
    )
    .post(
      "/till-device",
      async ({ ctx, body, set }) => {
        const paired = await service.pairDevice(ctx, body.code);
        const { publicUrl } = app.config;
        set.status = 201;
        set.headers["location"] = `${apiPrefix}/till-devices/${paired.deviceId}`;
        set.headers["set-cookie"] = cookieOf(publicUrl, "till", paired.key, cookieSeconds);
        return paired;
      },
      {
        parse: "json",
        body: "PairingCode",
        response: responses({ 201: "PairedDevice" }, "body"),
        detail: unguarded(
          operation(
            "pairDevice",
            "Tills",
            "Pair this device by its code",
            "The answer holds the device's key, once; a browser gets it as a cookie as well.",
          ),
        ),
      },
    )
    .get("/till-devices", async ({ ctx, query }) => service.listDevices(ctx, query), {
      query: t.Object({
        ...pageQuery,
        siteId: t.Optional(Id("Only at this site")),
        tillId: t.Optional(Id("Only of this till")),
      }),
      response: responses({ 200: "TillDevicePage" }, "query"),
      detail: needs(
        operation("listTillDevices", "Tills", "List paired devices, unpaired ones too"),
        "sites.read",
      ),
    })
    .get(
      "/till-devices/:id",
      async ({ ctx, params, set }) => versioned(set, service.getDevice(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 200: "TillDevice" }, "not_found"),
        detail: needs(operation("getTillDevice", "Tills", "Read a paired device"), "sites.read"),
      },
    )
    .delete(
      "/till-devices/:id",
      async ({ ctx, params, set }) => noContent(set, service.unpairDevice(ctx, params.id)),
      {
        params: idParams,
        response: responses({ 204: NoContent }, "not_found"),
        detail: needs(
          operation("unpairDevice", "Tills", "Unpair a device", "At once; twice is once."),
          "tills.change",
        ),
      },
    );
