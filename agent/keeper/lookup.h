/* Where a container is, by its id: a walk over the list reads a piece of memory of each. */
#ifndef SKEP_LOOKUP_H
#define SKEP_LOOKUP_H

struct container;

/* Before it is freed. */
void lookup_forget(const struct container *container);

#endif
