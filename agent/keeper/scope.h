/* Descriptors and memory that free themselves at the end of their scope. */
#ifndef SKEP_SCOPE_H
#define SKEP_SCOPE_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void scope_close(const int *descriptor) {
  int saved = errno;
  if (*descriptor >= 0) (void)close(*descriptor);
  errno = saved;
}

static inline void scope_free(void *pointer) {
  void **owner = pointer;
  free(*owner);
}

#define SCOPED_FD __attribute__((cleanup(scope_close))) int
#define SCOPED_MEMORY __attribute__((cleanup(scope_free)))

/* Gives the descriptor away: the scope no longer closes it. */
static inline int take_descriptor(int *descriptor) {
  int taken = *descriptor;
  *descriptor = -1;
  return taken;
}

static inline void close_descriptor(int *descriptor) {
  if (*descriptor >= 0) (void)close(*descriptor);
  *descriptor = -1;
}

#endif
