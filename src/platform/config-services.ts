import { Type } from "@sinclair/typebox";

const url = (description: string) =>
  Type.Optional(Type.String({ pattern: "^https?://", description }));

/** Where files lie and which functions there are. Part of the environment of every process. */
export const servicesEnvironment = {
  STORAGE_URL: Type.Optional(
    Type.String({
      pattern: "^(gs://[a-z0-9][a-z0-9._-]{1,220}|file:///.+)$",
      description: "Where uploads and exports lie: gs://bucket of Google, or file:///folder",
    }),
  ),
  AUDIT_STORAGE_URL: Type.Optional(
    Type.String({
      pattern: "^(gs://[a-z0-9][a-z0-9._-]{1,220}|file:///.+)$",
      description:
        "Where the copies of the audit lie, best where nobody can change them: STORAGE_URL if not given",
    }),
  ),
  AUDIT_EVENT_URL: url("The function auditEvent, which keeps a copy of the audit"),
  EXPORT_REPORT_URL: url("The function exportReport; without it the worker renders exports"),
  UPLOAD_FINALIZED_URL: url(
    "The function uploadFinalized, where storage does not call it itself, as a folder does not",
  ),
  UPLOAD_SCAN_URL: url(
    "A scanner for viruses: uploads are posted there, it answers { infected: true } or false",
  ),
  ID_TOKEN_FOLDER: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "Folder of the keys that sign ID tokens between processes in place of Google; not in production",
    }),
  ),
};

interface Given {
  readonly NODE_ENV: unknown;
  readonly STORAGE_URL?: string;
  readonly AUDIT_STORAGE_URL?: string;
  readonly AUDIT_EVENT_URL?: string;
  readonly EXPORT_REPORT_URL?: string;
  readonly UPLOAD_FINALIZED_URL?: string;
  readonly UPLOAD_SCAN_URL?: string;
  readonly ID_TOKEN_FOLDER?: string;
}

/** The functions by name, each at its URL, which is also the audience of the tokens it takes. */
export interface FunctionUrls {
  readonly auditEvent?: string | undefined;
  readonly exportReport?: string | undefined;
  readonly uploadFinalized?: string | undefined;
}

export interface ServicesConfig {
  readonly storageUrl: string | undefined;
  /** Not there: as storageUrl. */
  readonly auditStorageUrl?: string | undefined;
  readonly functionUrls: FunctionUrls;
  readonly identityFolder: string | undefined;
  readonly uploadScanUrl?: string | undefined;
}

export function servicesOf(values: Given): ServicesConfig {
  return {
    storageUrl: values.STORAGE_URL,
    auditStorageUrl: values.AUDIT_STORAGE_URL,
    functionUrls: {
      auditEvent: values.AUDIT_EVENT_URL,
      exportReport: values.EXPORT_REPORT_URL,
      uploadFinalized: values.UPLOAD_FINALIZED_URL,
    },
    identityFolder: values.ID_TOKEN_FOLDER,
    uploadScanUrl: values.UPLOAD_SCAN_URL,
  };
}

export function servicesProblems(values: Given): string[] {
  if (values.NODE_ENV !== "production") return [];
  const problems: string[] = [];
  if (values.ID_TOKEN_FOLDER !== undefined) {
    problems.push("ID_TOKEN_FOLDER: is for development; in production Google signs");
  }
  for (const name of ["AUDIT_EVENT_URL", "EXPORT_REPORT_URL", "UPLOAD_FINALIZED_URL"] as const) {
    if (values[name]?.startsWith("http://")) {
      problems.push(`${name}: must be https in production`);
    }
  }
  return problems;
}
