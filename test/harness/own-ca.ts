import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { debianProgram } from "./debian.ts";

/** Paths of two files of PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A CA of a test's own. */
export function makeCa(folder: string, name: string): Certified {
  const made = pathsOf(folder, name);
  const subject = ["-subj", `/CN=${name}`, "-days", "2"];
  openssl("req", "-x509", ...curve, ...subject, "-keyout", made.key, "-out", made.certificate);
  return made;
}

/** A server's certificate of that CA; `names` as openssl writes a subjectAltName. */
export function certificateOf(folder: string, ca: Certified, cn: string, names: string): Certified {
  const made = pathsOf(folder, cn.replaceAll(":", "-"));
  const [asked, extensions] = [`${made.key}.csr`, `${made.key}.ext`];
  writeFileSync(extensions, `subjectAltName=${names}\n`);
  openssl("req", ...curve, "-subj", `/CN=${cn}`, "-keyout", made.key, "-out", asked);
  const signer = ["-CA", ca.certificate, "-CAkey", ca.key, "-CAcreateserial", "-days", "2"];
  openssl(
    "x509",
    "-req",
    "-in",
    asked,
    ...signer,
    "-extfile",
    extensions,
    "-out",
    made.certificate,
  );
  return made;
}

function pathsOf(folder: string, name: string): Certified {
  return { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
}

function openssl(...args: string[]): void {
  execFileSync(debianProgram("/usr/bin/openssl", "openssl"), args, { stdio: "pipe" });
}
