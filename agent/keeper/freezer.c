#include "freezer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "scope.h"

#define FREEZE_ATTEMPTS 500
#define FREEZE_PAUSE_NS (4L * 1000 * 1000)

static int open_control(const char *cgroup, const char *name, int flags) {
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/%s", cgroup, name) >= (int)sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return open(path, flags | O_CLOEXEC);
}

static bool write_control(const char *cgroup, const char *name, const char *value) {
  SCOPED_FD file = open_control(cgroup, name, O_WRONLY);
  return file >= 0 && write(file, value, strlen(value)) == (ssize_t)strlen(value);
}

/* Whether the control file holds a line that is `wanted`. */
static bool says(const char *cgroup, const char *name, const char *wanted) {
  char text[512];
  SCOPED_FD file = open_control(cgroup, name, O_RDONLY);
  ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
  if (length <= 0) return false;
  text[length] = 0;
  char *rest = text;
  for (char *line; (line = strsep(&rest, "\n")) != NULL;)
    if (strcmp(line, wanted) == 0) return true;
  return false;
}

/* Version 1 freezes while it is asked: each look at the state moves on those that were missed (freezer-subsystem.rst). */
static bool stands_still(const char *cgroup) {
  return says(cgroup, "freezer.state", "FROZEN") || says(cgroup, "cgroup.events", "frozen 1");
}

static int freeze_group(const char *cgroup) {
  for (int attempt = 0; attempt < FREEZE_ATTEMPTS; attempt++) {
    if (stands_still(cgroup)) return 0;
    struct timespec pause = {.tv_nsec = FREEZE_PAUSE_NS};
    (void)nanosleep(&pause, NULL);
  }
  return ETIMEDOUT;
}

void thaw_group(const char *cgroup) {
  if (!write_control(cgroup, "freezer.state", "THAWED")) (void)write_control(cgroup, "cgroup.freeze", "0");
}

void thaw_groups(char *const *cgroups, int count) {
  for (int index = 0; index < count; index++) thaw_group(cgroups[index]);
}

int freeze_groups(char *const *cgroups, int count) {
  for (int index = 0; index < count; index++) {
    bool asked = write_control(cgroups[index], "freezer.state", "FROZEN") ||
                 write_control(cgroups[index], "cgroup.freeze", "1");
    if (!asked) continue;
    int error = freeze_group(cgroups[index]);
    if (error != 0) thaw_group(cgroups[index]);
    return error;
  }
  return ENOTSUP;
}
