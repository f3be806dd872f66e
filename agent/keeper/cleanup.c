#include "cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "freezer.h"
#include "paths.h"
#include "scope.h"

/* A group stays busy until the kernel is done with its last process: two seconds in all. */
#define REMOVE_ATTEMPTS 500
#define REMOVE_PAUSE_NS (4L * 1000 * 1000)
/* Levels below a container's group that are cleared away. */
#define MAX_GROUP_DEPTH 16

static char folder_of_state[PATH_MAX];

void set_state_folder(const char *folder) {
  (void)snprintf(folder_of_state, sizeof folder_of_state, "%s", folder);
}

const char *state_folder(void) { return folder_of_state; }

/* Version 2 kills a group and all below it in one step, and nothing can fork its way out (kernel 5.14). */
static bool kill_whole(const char *cgroup) {
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/cgroup.kill", cgroup) >= (int)sizeof path) return false;
  SCOPED_FD file = open(path, O_WRONLY | O_CLOEXEC);
  return file >= 0 && write(file, "1", 1) == 1;
}

static void kill_listed(const char *cgroup) {
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/cgroup.procs", cgroup) >= (int)sizeof path) return;
  FILE *members = fopen(path, "re");
  if (members == NULL) return;
  int pid;
  while (fscanf(members, "%d", &pid) == 1)
    if (pid > 1) (void)kill(pid, SIGKILL);
  (void)fclose(members);
}

static void kill_members(const char *cgroup) {
  /* What stands still does not die in version 1. */
  thaw_group(cgroup);
  if (!kill_whole(cgroup)) kill_listed(cgroup);
}

/* Version 1 only: a group that stands still cannot fork its way out of a list of its processes. */
static void set_frozen(const char *cgroup, const char *state) {
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/freezer.state", cgroup) >= (int)sizeof path) return;
  SCOPED_FD file = open(path, O_WRONLY | O_CLOEXEC);
  if (file >= 0) (void)!write(file, state, strlen(state));
}

static bool has_members(const char *cgroup) {
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/cgroup.procs", cgroup) >= (int)sizeof path) return false;
  SCOPED_FD file = open(path, O_RDONLY | O_CLOEXEC);
  char first;
  return file >= 0 && read(file, &first, 1) == 1;
}

int end_members(char *const *cgroups, int count) {
  for (int attempt = 0; attempt < REMOVE_ATTEMPTS; attempt++) {
    bool busy = false;
    for (int index = 0; index < count; index++) busy = busy || has_members(cgroups[index]);
    if (!busy) return 0;
    for (int index = 0; index < count; index++) set_frozen(cgroups[index], "FROZEN");
    for (int index = 0; index < count; index++)
      if (!kill_whole(cgroups[index])) kill_listed(cgroups[index]);
    thaw_groups(cgroups, count);
    struct timespec pause = {.tv_nsec = REMOVE_PAUSE_NS};
    (void)nanosleep(&pause, NULL);
  }
  return EBUSY;
}

static int remove_cgroup(const char *path, int depth);

/* A container that may mount can have made groups below its own. */
static void remove_groups_below(const char *cgroup, int depth) {
  DIR *folder = opendir(cgroup);
  if (folder == NULL) return;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char path[PATH_MAX];
    if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
    if (snprintf(path, sizeof path, "%s/%s", cgroup, entry->d_name) >= (int)sizeof path) continue;
    (void)remove_cgroup(path, depth + 1);
  }
  (void)closedir(folder);
}

static int remove_cgroup(const char *path, int depth) {
  for (int attempt = 0; attempt < REMOVE_ATTEMPTS; attempt++) {
    if (rmdir(path) == 0 || errno == ENOENT) return 0;
    if (errno != EBUSY) return errno;
    kill_members(path);
    if (depth < MAX_GROUP_DEPTH) remove_groups_below(path, depth);
    struct timespec pause = {.tv_nsec = REMOVE_PAUSE_NS};
    (void)nanosleep(&pause, NULL);
  }
  return EBUSY;
}

int clean_up(const char *id, char *const *cgroups, int count) {
  int failure = 0;
  /* First of all: what stands still in one group keeps the others busy. */
  thaw_groups(cgroups, count);
  for (int index = count - 1; index >= 0; index--) {
    int error = remove_cgroup(cgroups[index], 0);
    if (error != 0) failure = error;
  }
  if (folder_of_state[0] == 0) return failure;
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/%s", folder_of_state, id) >= (int)sizeof path) return ENAMETOOLONG;
  if (remove_tree(path) < 0) failure = errno;
  return failure;
}

long count_oom_kills(const char *path) {
  char text[4096];
  SCOPED_FD file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  if (length <= 0) return 0;
  text[length] = 0;
  for (char *line = text; line != NULL;) {
    if (strncmp(line, "oom_kill ", 9) == 0) return strtol(line + 9, NULL, 10);
    line = strchr(line, '\n');
    if (line != NULL) line++;
  }
  return 0;
}
