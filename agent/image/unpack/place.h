/*
 * Puts entries into the layer's folder, which is this process's root by now. Every name is opened with
 * openat2(RESOLVE_BENEATH): the kernel itself refuses a walk that leaves the folder.
 */
#ifndef SKEP_UNPACK_PLACE_H
#define SKEP_UNPACK_PLACE_H

#include <stdint.h>

#include "tar.h"

/* Makes `folder` the root of this process for good, and drops every open file but the standard ones. */
void place_open(const char *folder);

/* Places one entry and reads its data from the input. */
void place_entry(const struct entry *entry);

/* Sets the folders' times and waits until everything is on disk. */
void place_close(void);

/* Bytes of file content so far, and whether the layer hides everything below it. */
uint64_t place_content_bytes(void);
int place_is_opaque_root(void);

#endif
