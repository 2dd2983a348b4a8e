/** Texts and pictures to keep. */

export interface Drawn {
  text: string;
  width: number;
  height: number;
}

export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** An SVG text as a bitmap with two dots a pixel. */
export function png(picture: Drawn, done: (blob: Blob) => void): void {
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = document.createElement("canvas");
    canvas.width = picture.width * 2;
    canvas.height = picture.height * 2;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => { if (blob) done(blob); });
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture.text)}`;
}

/** Beside a link to an SVG file, a button that saves the same picture as a bitmap. */
export function offerPng(link: HTMLAnchorElement): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = "PNG";
  button.setAttribute("aria-label", (link.textContent ?? "").replace("SVG", "PNG"));
  button.addEventListener("click", () => void save());
  link.after(" or ", button);

  async function save(): Promise<void> {
    const answer = await fetch(link.href);
    const text = await answer.text();
    const name = /filename="([^"]+)\.svg"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "sarcoma-kg";
    const size = (side: string): number => Math.ceil(Number(new RegExp(`<svg[^>]* ${side}="([\\d.]+)"`).exec(text)?.[1] ?? 0));
    png({ text, width: size("width"), height: size("height") }, (blob) => download(blob, `${name}.png`));
  }
}
