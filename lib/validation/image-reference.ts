import { formatReference, isDigest, parseReference } from '../image-reference.ts';

/**
 * The image as a specification keeps it: `web` becomes `web:latest`, in the shortest form, which is how nodes
 * list their images. An image id (`sha256:…`) stays as it is. Throws INVALID_ARGUMENT when it is neither.
 */
export function completeImageReference(image: string): string {
  return isDigest(image) ? image : formatReference(parseReference(image));
}
