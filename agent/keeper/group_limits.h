/* Limits of a control group that a kernel may not have: what it lacks is said, not passed over. */
#ifndef SKEP_GROUP_LIMITS_H
#define SKEP_GROUP_LIMITS_H

#include <stddef.h>

#include "steps.h"

/* Writes one limit; -1 with errno and a text that names the file which is missing, or the value that was refused. */
int set_group_limit(const struct step *step, char *text, size_t size);
/* Gives a version 1 cpuset group, and those above it, the processors and memory of their parents where they have none. */
int inherit_cpuset(const struct step *step, char *text, size_t size);

#endif
