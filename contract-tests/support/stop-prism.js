export default async function stopPrism() {
  await globalThis.prism.close();
}
