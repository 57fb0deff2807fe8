// @ts-check
/** Code in a link: deflated, then base64url, behind `#code=`.  Nothing is sent to any server. */

const PREFIX = "#code=";
/** A link has at most this many characters of code, and its text at most this many bytes. */
const LONGEST_LINK = 16_000;
const LONGEST_TEXT = 200_000;

/**
 * @param {string} text
 * @returns {Promise<string>} the fragment, or "" if the text is too long for a link
 */
export async function fragmentOf(text) {
  const deflated = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const code = base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return code.length <= LONGEST_LINK ? PREFIX + code : "";
}

/**
 * @param {string} fragment
 * @returns {Promise<string|null>} the text, or null if it cannot be read
 */
export async function textOf(fragment) {
  const code = fragment.slice(PREFIX.length);
  if (code.length > LONGEST_LINK) return null;
  try {
    const base64 = code.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    return await inflate(new Blob([bytes]).stream());
  } catch {
    return null;
  }
}

/**
 * Inflate no more than is wanted: a short link may hold a very long text.
 * @param {ReadableStream<any>} stream
 */
async function inflate(stream) {
  const reader = stream.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > LONGEST_TEXT) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}
