import { randomUUID } from "node:crypto";

/** The folders of names in the storage that are this module's. */
export const uploadFolder = "uploads";
export const thumbnailFolder = "thumbnails";

/** A name of our own: nothing of what the sender says is in it. */
export function newObjectName(): string {
  return `${uploadFolder}/${randomUUID()}`;
}

const ours = new RegExp(`^${uploadFolder}/[0-9a-f-]{36}$`);

/** Whether an object may be an upload's: anybody can put a name into an event. */
export function isObjectName(name: string): boolean {
  return ours.test(name);
}

/** The same each time, so that whoever makes it twice makes one. */
export function thumbnailNameOf(objectName: string): string {
  return `${thumbnailFolder}/${objectName.slice(uploadFolder.length + 1)}.webp`;
}

/** Of a small picture the object that it was made of; any other object itself. */
export function objectNameOf(name: string): string {
  const made = name.startsWith(`${thumbnailFolder}/`) && name.endsWith(".webp");
  return made ? `${uploadFolder}/${name.slice(thumbnailFolder.length + 1, -".webp".length)}` : name;
}
