export default async function stopPrism() {
  await Promise.all((globalThis.prisms ?? []).splice(0).map((prism) => prism.close()));
}
