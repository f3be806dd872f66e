/*
 * Copies what an image has at one path into an empty folder: the first content of a volume. The image's layers are
 * mounted as a container would see them, in a mount namespace of this process alone, and read only.
 */
#ifndef SKEP_UNPACK_COPY_H
#define SKEP_UNPACK_COPY_H

#include <stdint.h>

struct copy_request {
  /* Options of overlayfs; its lower folders are relative to `layers_folder`. */
  const char *overlay_options;
  const char *layers_folder;
  /* An empty folder to mount on. */
  const char *mount_point;
  /* Path in the image, absolute; links in it are followed inside the image only. */
  const char *source;
  const char *destination;
};

/* Copies and waits until everything is on disk. Gives the number of entries; 0 when the image has no such folder. */
uint64_t copy_folder_of_image(const struct copy_request *request);

#endif
