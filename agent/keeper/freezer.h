/* Stops every process of some control groups where it is, and lets them go on. */
#ifndef SKEP_FREEZER_H
#define SKEP_FREEZER_H

/* Waits until all of them stand still, 2 s at most; an errno, and then they go on. For a process of its own. */
int freeze_groups(char *const *cgroups, int count);
/* Does not wait. */
void thaw_groups(char *const *cgroups, int count);
void thaw_group(const char *cgroup);

#endif
