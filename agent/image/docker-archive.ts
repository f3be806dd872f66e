import { asList, asRecord, asText, parseJson, textsOrEmpty } from './json-fields.ts';

/** One image of a docker-archive, by the names of its members. */
export interface DockerArchiveImage {
  readonly configMember: string;
  readonly layerMembers: readonly string[];
  readonly references: readonly string[];
}

/** Reads `manifest.json` of a docker-archive (Docker image specification 1.2, combined image and layer tar). */
export function parseDockerManifest(bytes: Uint8Array): readonly DockerArchiveImage[] {
  return asList(parseJson(bytes, 'manifest.json'), 'manifest.json').map((value) => {
    const record = asRecord(value, 'an image of manifest.json');
    return {
      configMember: asText(record.Config, 'Config in manifest.json'),
      layerMembers: textsOrEmpty(record.Layers, 'Layers in manifest.json'),
      references: textsOrEmpty(record.RepoTags, 'RepoTags in manifest.json'),
    };
  });
}

/** The digest that a member's name promises for its content: `blobs/sha256/<hex>` and the older `<hex>.json`. */
export function digestOfMemberName(name: string): string | null {
  const hex = /^blobs\/sha256\/([0-9a-f]{64})$|^([0-9a-f]{64})\.json$/.exec(name);
  return hex === null ? null : `sha256:${hex[1] ?? hex[2] ?? ''}`;
}
