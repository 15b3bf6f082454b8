import { atSite, type Oracle, open, self } from "../asks.ts";

/** The commands' uploads are invoices: they are of a site, as pictures are not. */
export const uploads: Oracle = {
  announceUpload: atSite("uploads.add"),
  listUploads: atSite("uploads.read"),
  getUpload: atSite("uploads.read"),
  deleteUpload: atSite("uploads.add"),
  retryUpload: atSite("uploads.add", "imports.record"),
  sendUpload: self("only whoever has announced it sends its content"),
  getUploadContent: atSite("uploads.read"),
  getUploadThumbnail: atSite("uploads.read"),
  "GET /files/*": open("the link is signed, and all the credentials there are"),
};
