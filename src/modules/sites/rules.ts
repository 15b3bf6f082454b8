// Not offsets like "+02:00": Postgres reads their sign the other way round.
const zoneForm = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/;

/** True for a time zone of the IANA database that the runtime knows. */
export function isZone(zone: string): boolean {
  if (!zoneForm.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}
