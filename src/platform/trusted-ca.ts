import { readFileSync } from "node:fs";

/** What `pg` and `ioredis` take of TLS. */
export interface TrustedCa {
  readonly ca: string;
  readonly rejectUnauthorized: true;
  readonly checkServerIdentity?: () => undefined;
}

/** How a place of PostgreSQL is reached, as `pg` wants it. */
export interface Reach {
  readonly connectionString: string;
  readonly ssl?: TrustedCa;
}

/** Trusts this CA and no other. `given` is its certificate as PEM, or the path of a file of it. */
export function trustedCa(given: string, checksName: boolean): TrustedCa {
  const ca = given.includes("-----BEGIN") ? given : readFileSync(given, "utf8");
  const known = { ca, rejectUnauthorized: true } as const;
  return checksName ? known : { ...known, checkServerIdentity: () => undefined };
}

/**
 * With a CA it is TLS and that CA's server, or nothing. Google's certificates name no address that one
 * connects to, and their CA is the instance's own: the name is looked at only with
 * `sslmode=verify-full`, as libpq has it.
 */
export function reachOf(url: string, ca: string | undefined): Reach {
  if (ca === undefined) return { connectionString: url };
  const place = new URL(url);
  const checksName = place.searchParams.get("sslmode") === "verify-full";
  // The driver lets an address' parameters win over what it is told, and reads `require` its own way.
  for (const name of ["ssl", "sslmode", "sslrootcert", "uselibpqcompat"]) {
    place.searchParams.delete(name);
  }
  return { connectionString: place.href, ssl: trustedCa(ca, checksName) };
}
