/* Which devices the processes of a version 2 control group may use: a program that the kernel asks at every open. */
#ifndef SKEP_DEVICE_FILTER_H
#define SKEP_DEVICE_FILTER_H

#include <stdint.h>

#include "steps.h"

/* A rule is four u32: type (1 block, 2 character), access (1 mknod, 2 read, 4 write), major, minor. */
#define DEVICE_RULE_BYTES 16u
#define MAX_DEVICE_RULES 256u
/* As major or minor: every number. */
#define DEVICE_ANY UINT32_MAX

/*
 * Attaches a filter to the group at the step's path: what no rule in its bytes allows is refused with EPERM. It goes
 * with the group. 0, or -1 with errno.
 */
int filter_devices(const struct step *step);

#endif
