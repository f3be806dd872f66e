#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "child.h"
#include "paths.h"
#include "scope.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* CVE-2024-21626: after chdir the working directory must have a name inside the root. */
int enter_workdir(struct child *child) {
  const char *path = child->step->path;
  SCOPED_FD folder = make_folder_in_root(child->root, path, 0755, true);
  if (folder < 0) return explain(child, "working directory %s", path);
  if (fchdir(folder) < 0) return explain(child, "working directory %s", path);
  char current[PATH_MAX];
  if (getcwd(current, sizeof current) == NULL || current[0] != '/') {
    errno = EPERM;
    return explain(child, "working directory %s is outside the container's root", path);
  }
  return 0;
}

static const char *find_variable(char *const *env, const char *name) {
  size_t length = strlen(name);
  for (; *env != NULL; env++)
    if (strncmp(*env, name, length) == 0 && (*env)[length] == '=') return *env + length + 1;
  return NULL;
}

/* 0 when it is a file that may be executed. */
static int check_program(const char *path) {
  struct stat status;
  if (stat(path, &status) < 0) return -1;
  if (!S_ISREG(status.st_mode)) {
    errno = EACCES;
    return -1;
  }
  return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS);
}

int find_program(struct child *child, const char *program, char *out, size_t size) {
  if (strchr(program, '/') != NULL) {
    (void)snprintf(out, size, "%s", program);
    if (strlen(program) >= size) errno = ENAMETOOLONG;
    else if (check_program(program) == 0) return 0;
    const char *reason = errno == ENOENT ? "no such file or directory" : strerror(errno);
    return explain(child, "exec: \"%s\": %s", program, errno == EACCES ? "permission denied" : reason);
  }
  const char *folders = find_variable(child->step->env, "PATH");
  if (folders == NULL) folders = DEFAULT_PATH;
  bool denied = false;
  for (const char *at = folders; *program != 0;) {
    const char *end = strchrnul(at, ':');
    int length = (int)(end - at);
    int written = snprintf(out, size, "%.*s/%s", length == 0 ? 1 : length, length == 0 ? "." : at, program);
    if (written > 0 && (size_t)written < size) {
      if (check_program(out) == 0) return 0;
      if (errno == EACCES) denied = true;
    }
    if (*end == 0) break;
    at = end + 1;
  }
  errno = denied ? EACCES : ENOENT;
  const char *reason = denied ? "permission denied" : "executable file not found in $PATH";
  return explain(child, "exec: \"%s\": %s", program, reason);
}

static void add_home(struct child *child) {
  char **env = child->step->env;
  if (find_variable(env, "HOME") != NULL || child->home[0] == 0) return;
  while (*env != NULL) env++;
  *env++ = child->home;
  *env = NULL;
}

/* The keeper's own sealed program as PID 1; it finds the status socket at its place and hands it on. */
static void execute_init(struct child *child, const char *path) {
  static char *arguments[MAX_STRINGS + 3];
  int count = 0;
  arguments[count++] = (char *)(uintptr_t)"skep-init";
  arguments[count++] = (char *)(uintptr_t)path;
  for (char **argument = child->step->argv; *argument != NULL; argument++) arguments[count++] = *argument;
  if (fcntl(CHILD_STATUS, F_SETFD, 0) < 0) return;
  (void)fexecve(CHILD_PROGRAM, arguments, child->step->env);
}

/*
 * In the middle of an exec the process is its user namespace's already, and what the exec closes is open still: root of a
 * container that it joined could look at it by /proc. Only the reaper's program is left, which is no secret. One by one, and
 * unchecked: a container's own filter is in force, and may know no close_range.
 */
static void close_own(struct child *child, bool is_init) {
  int *const owned[] = {&child->root, &child->users, &child->device_folder, &child->procfs,
                        &child->joins.pid, &child->joins.ipc, &child->joins.net, &child->joins.users};
  for (size_t index = 0; index < sizeof owned / sizeof owned[0]; index++) close_descriptor(owned[index]);
  for (int slot = 0; slot < MAX_TREE_SLOTS; slot++) close_descriptor(&child->trees[slot]);
  (void)close(CHILD_NAMESPACES);
  if (!is_init) (void)close(CHILD_PROGRAM);
}

int execute(struct child *child) {
  const struct step *step = child->step;
  char path[PATH_MAX];
  if (find_program(child, step->argv[0], path, sizeof path) < 0) return -1;
  add_home(child);
  /* A container must not outlive the keeper unseen: whoever starts the next keeper could not tell how it ended. */
  bool outlives = (step->flags & EXEC_OUTLIVES_KEEPER) != 0;
  if (!outlives && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return -1;
  bool is_init = (step->flags & EXEC_INIT) != 0;
  close_own(child, is_init);
  char about_to_exec = STATUS_ABOUT_TO_EXEC;
  if (write(CHILD_STATUS, &about_to_exec, 1) != 1) return -1;
  if (is_init) execute_init(child, path);
  else (void)execve(path, step->argv, step->env);
  return explain(child, "exec: \"%s\": %s", step->argv[0], strerror(errno));
}
