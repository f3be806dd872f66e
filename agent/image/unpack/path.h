#ifndef SKEP_UNPACK_PATH_H
#define SKEP_UNPACK_PATH_H

#include "limits.h"

/* A name relative to the layer's root: no `.`, no `..`, no doubled or outer slash. Empty = the root itself. */
struct path {
  char text[MAX_PATH_BYTES + 1];
};

/* Cleans the name of an entry, refuses one that is absolute or has a `..`. */
void path_of_entry(const char *name, struct path *path);

/* Cleans a hard link's target: as above, but a leading slash means the layer's root, as some builders write it. */
void path_of_link_target(const char *name, struct path *path);

/* From now on names that begin with .wh. are names like others: the archive is no layer. */
void path_allow_any_name(void);

/* Cuts off and returns the last component. */
const char *path_split(struct path *path, char leaf[MAX_COMPONENT_BYTES + 1]);

#endif
