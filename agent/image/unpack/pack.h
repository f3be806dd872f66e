/* Writes a file or a folder with all that is in it to stdout as a tar archive. */
#ifndef SKEP_UNPACK_PACK_H
#define SKEP_UNPACK_PACK_H

#include <stddef.h>

/* A path of the view; `name` is what it is called in the archive. */
void pack_path(const char *path, int keeps_link, const char *name);

/*
 * The root as a layer: what overlayfs keeps as devices and attributes becomes whiteouts (OCI image specification,
 * layers). `left_out` are places that were made to mount on: paths without an outer slash, left out while empty.
 */
void pack_layer(char *const *left_out, size_t left_out_count);

#endif
