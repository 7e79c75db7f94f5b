// The share of pixels with a channel that differs by more than a fifth; 1 if the sizes differ.
async (pictures) => {
  const [one, other] = await Promise.all(
    pictures.map(async (encoded) => {
      const bytes = Uint8Array.from(atob(encoded), (each) => each.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
      context.drawImage(picture, 0, 0);
      return context.getImageData(0, 0, picture.width, picture.height);
    }),
  );
  if (one.width !== other.width || one.height !== other.height) return 1;
  let differing = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    if ([0, 1, 2].some((channel) => Math.abs(one.data[at + channel] - other.data[at + channel]) > 51)) differing += 1;
  }
  return differing / (one.width * one.height);
}
