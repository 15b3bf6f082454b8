/** Why an import failed that is no fault of its file's: it may be tried again. */
export const gaveUp = {
  code: "uploads.import_gave_up",
  message:
    "Banneton has tried several times and could not bring in all of this file. What is in the books stays there, and is not brought in twice. Try it again; if it fails again, tell whoever runs Banneton for you.",
} as const;

export const deletedMeanwhile = {
  code: "uploads.deleted",
  message: "The file was deleted before all of it was brought in.",
} as const;

export const unreadableData = {
  code: "uploads.json",
  message: "This file is no bakery data: it is damaged, or no JSON.",
} as const;
