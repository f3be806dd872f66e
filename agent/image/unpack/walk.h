/* The name of the place that a walk through folders has come to. */
#ifndef SKEP_UNPACK_WALK_H
#define SKEP_UNPACK_WALK_H

#include <stddef.h>

#include "limits.h"

struct walk {
  /* Room for a slash at the end of a folder's name. */
  char text[MAX_PATH_BYTES + 2];
  size_t length;
  /* Names begin with a slash. */
  int rooted;
};

/* Goes on to `name`; what it returns leads back. Refuses a name that becomes too long. */
size_t walk_enter(struct walk *walk, const char *name);
void walk_leave(struct walk *walk, size_t before);

#endif
