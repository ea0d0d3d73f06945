/** What is wrong with the image of a container, or undefined. */
export function imageProblem(image: string): string | undefined {
  const [, name, tag, digest] = /^([^@]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? [];
  const valid = name !== undefined && !/\s/.test(name);
  if (valid && (digest !== undefined || (tag !== undefined && tag !== 'latest'))) return undefined;
  return `image must have a digest or a tag other than latest, got '${image}'; pin it, for example '${name ?? 'redis'}:1.2.3'`;
}
