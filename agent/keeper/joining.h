/* Which other containers' namespaces a start joins. */
#ifndef SKEP_JOINING_H
#define SKEP_JOINING_H

#include <stdbool.h>

#include "child.h"
#include "steps.h"
#include "wire.h"

struct container;

/* Ids of containers, or NULL. */
struct join_request {
  const char *pid;
  const char *ipc;
  const char *net;
};

/* Takes a FIELD_JOIN_… field; false when it is none, or malformed. */
bool read_join(struct join_request *request, const struct field *field);
/*
 * Finds the containers, which must run. False with a text when one does not. The pidfds stay the containers' own;
 * `users` is to be closed with close_joins.
 */
bool open_joins(const struct join_request *request, const struct step_list *list, struct namespace_joins *out,
                const char **text);
void close_joins(struct namespace_joins *joins);
/* The keeper's steps once the container's network namespace exists; false fills the container's failure. */
bool link_to_node(struct container *container);
/* True when the first process ends all others with it: it is the first of a pid namespace of its own. */
bool makes_pid_namespace(uint64_t namespaces, const struct step_list *list);

#endif
