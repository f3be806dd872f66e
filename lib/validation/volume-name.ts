import { invalid, quote } from './rule.ts';

/** The name is that of a folder, which Linux bounds (NAME_MAX). */
export const MAX_VOLUME_NAME_LENGTH = 255;
/** Docker's rule for names of volumes (moby, daemon/names). A first character of this kind also keeps `.` and `..` out. */
const NAME_PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** Throws INVALID_ARGUMENT unless `name` can be the name of a volume. */
export function requireVolumeName(subject: string, name: string): void {
  if (name.length > MAX_VOLUME_NAME_LENGTH) {
    throw invalid(
      subject,
      `the volume name ${quote(name)} is longer than ${MAX_VOLUME_NAME_LENGTH} characters`,
    );
  }
  if (NAME_PATTERN.test(name)) return;
  throw invalid(
    subject,
    `the volume name ${quote(name)} is not allowed`,
    'use two or more of letters, digits, "_", "." and "-", the first a letter or digit; a folder of the host is a bind mount',
  );
}
