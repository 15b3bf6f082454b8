export type { Import, NewImport } from "./model.ts";
export { parseBakeryData } from "./rules/text.ts";
export { importFile } from "./service/import-file.ts";
