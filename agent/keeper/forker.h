/*
 * A small process beside the keeper that clones for it. A clone copies the memory map and the descriptors of whoever
 * calls it, and the child closes them again: with a thousand containers that is most of what a health check costs.
 */
#ifndef SKEP_FORKER_H
#define SKEP_FORKER_H

#include <stdbool.h>
#include <sys/types.h>

#include "child.h"
#include "wire.h"

/* What fits into a packet for it; the keeper clones the rest by itself. */
#define MAX_FORKED_BYTES 131072u
/* A forker that does not answer by then is let go. */
#define FORKER_PATIENCE_MS 2000

/* The keeper's ends of what the child gets. */
struct forked_ends {
  int output;
  int status;
  /* A pidfd of the container to join. */
  int join;
};

/*
 * Makes the process, before the keeper holds anything. `argv` is overwritten there, so that whoever looks for the keeper
 * by its command line finds one. Without it the keeper goes on alone.
 */
void forker_begin(char **argv);
/*
 * The steps of a request as a child of the keeper: its pid, or -1 when the keeper must clone by itself. `fields` are
 * those of the request.
 */
pid_t forker_clone(struct reader fields, const struct forked_ends *ends);

#endif
