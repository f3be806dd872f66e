/*
 * The users and groups of a container that has its own (user_namespaces(7)). Without a map, every number is its own.
 * Archives and images speak of the numbers inside.
 */
#ifndef SKEP_UNPACK_IDS_H
#define SKEP_UNPACK_IDS_H

#include <sys/types.h>

/* Takes the map of a process; `process` is its folder in /proc, opened. */
void ids_of_process(int process);

uid_t user_inside(uid_t outside);
gid_t group_inside(gid_t outside);

/* Refuses a number that the container does not have. */
uid_t user_outside(uid_t inside);
gid_t group_outside(gid_t inside);

/* What is made from now on is the mapped root's; takes rights away, so that they are to be set afterwards. */
void ids_become_root(void);

#endif
