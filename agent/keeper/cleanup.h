/* What is left of a container once its processes are gone. */
#ifndef SKEP_CLEANUP_H
#define SKEP_CLEANUP_H

/* Every container's folder is `<folder>/<id>`; empty = no folder is removed. */
void set_state_folder(const char *folder);
const char *state_folder(void);

/* Ends what is still in the groups, removes them and the folder. Slow: for a worker. Returns 0 or an errno. */
int clean_up(const char *id, char *const *cgroups, int count);

/* Kills the processes in all groups until there is none. Slow: for a worker. Returns 0 or an errno. */
int end_members(char *const *cgroups, int count);

/* The `oom_kill` counter of memory.oom_control or memory.events; 0 when it cannot be read. */
long count_oom_kills(const char *path);

#endif
