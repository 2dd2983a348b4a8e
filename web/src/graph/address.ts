/** The address of a view. One too long to be mailed is packed, so that it needs no place on the server. */

const LONGEST = 2000;

export async function addressOf(parameters: URLSearchParams): Promise<string> {
  const plain = `/explore?${readable(parameters)}`;
  return plain.length <= LONGEST ? plain : `/explore?view=${await packed(parameters.toString())}`;
}

/** Characters that an address may hold as they are: "node=target:KIT" can be read, and is shorter. */
function readable(parameters: URLSearchParams): string {
  return parameters.toString().replace(/%(3A|2C|40|7C)/g, (escape) => (escape === "%7C" ? escape : decodeURIComponent(escape)));
}

/** Deflated, in base64url. */
async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
