export type { TillExport, TillFlag } from "./model/till-exports.ts";
export { TillMapping } from "./model/till-mapping.ts";
export type { Import, NewImport } from "./model.ts";
export { parseBakeryData } from "./rules/text.ts";
export { importFile } from "./service/import-file.ts";
export { announceTillExport } from "./service/till/announce.ts";
export { getTillExport, guessTillMapping, listTillFlags } from "./service/till/read.ts";
export { hashOfBytes, type TillProgress } from "./service/till/read-rows.ts";
export { receiveTillExport } from "./service/till/receive.ts";
