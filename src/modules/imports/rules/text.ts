/**
 * Reads the text of a data file. Python writes NaN and Infinity, which JSON does not know: they
 * become text, so that the line they are on is reported instead of the whole file being refused.
 * Throws SyntaxError for anything else that is not JSON.
 */
export function parseBakeryData(text: string): unknown {
  return JSON.parse(
    text.replaceAll(token, (found) => (found.startsWith('"') ? found : `"${found}"`)),
  );
}

const token = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
