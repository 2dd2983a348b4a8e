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

/** The address bar, and what tells of this address on the page: both follow what is shown. */
export class AddressBar {
  private current: string;
  private changes = 0;

  /** Args: share: the part of the page that cites the view and links to its other forms. */
  constructor(private readonly share: HTMLElement | null) {
    this.current = share?.dataset["address"] ?? "";
  }

  async follow(parameters: URLSearchParams): Promise<void> {
    const change = (this.changes += 1);
    this.share?.setAttribute("aria-busy", "true");
    const now = await addressOf(parameters);
    if (change !== this.changes) return;
    window.history.replaceState(null, "", now);
    const replaced = (text: string): string => text.replaceAll(this.current, now);
    this.share?.querySelectorAll<HTMLAnchorElement>("a[href]").forEach((each) => each.setAttribute("href", replaced(each.getAttribute("href") ?? "")));
    this.share?.querySelectorAll("p:not(:has(a)), pre").forEach((part) => (part.textContent = replaced(part.textContent ?? "")));
    this.current = now;
    this.share?.removeAttribute("aria-busy");
  }
}
