#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "netlink.h"
#include "paths.h"
#include "scope.h"

int explain(struct child *child, const char *format, ...) {
  int saved = errno;
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(child->text, sizeof child->text, format, arguments);
  va_end(arguments);
  errno = saved;
  return -1;
}

static int write_host_file(struct child *child) {
  const struct step *step = child->step;
  bool optional = (step->flags & WRITE_OPTIONAL) != 0;
  SCOPED_FD file = open(step->path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return optional ? 0 : -1;
  ssize_t written = write(file, step->bytes, step->byte_count);
  return written == (ssize_t)step->byte_count || optional ? 0 : -1;
}

static int make_folder(struct child *child) {
  SCOPED_FD folder = make_folder_in_root(child->root, child->step->path, (mode_t)child->step->mode, true);
  return folder < 0 ? -1 : 0;
}

static int make_device(struct child *child) {
  const struct step *step = child->step;
  const char *name;
  SCOPED_FD parent = open_parent_in_root(child->root, step->path, &name);
  if (parent < 0) return -1;
  if (mknodat(parent, name, (mode_t)step->mode, (dev_t)step->number) < 0) return step_tolerates(step, errno) ? 0 : -1;
  if (step->flags == 0) return 0;
  return fchownat(parent, name, (uid_t)step->flags, (gid_t)(step->flags >> 32), AT_SYMLINK_NOFOLLOW);
}

static int make_symlink(struct child *child) {
  const char *name;
  SCOPED_FD parent = open_parent_in_root(child->root, child->step->path, &name);
  if (parent < 0) return -1;
  if (symlinkat(child->step->text, parent, name) == 0 || step_tolerates(child->step, errno)) return 0;
  return -1;
}

int await_keeper(void) {
  char answer = 0;
  ssize_t received;
  do received = read(CHILD_STATUS, &answer, 1);
  while (received < 0 && errno == EINTR);
  if (received == 1 && answer == STATUS_GO) return 0;
  if (received >= 0) errno = ECANCELED;
  return -1;
}

/* The host's /dev/null must not be reachable through the container's descriptor 0: its mode could be changed there. */
static int reopen_standard_input(struct child *child) {
  SCOPED_FD null = open_in_root(child->root, "/dev/null", O_RDWR | O_NOFOLLOW, 0, false);
  struct stat status;
  if (null < 0 || fstat(null, &status) < 0) return -1;
  if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3)) {
    errno = EINVAL;
    return explain(child, "/dev/null of the container is not the null device");
  }
  return dup2(null, STDIN_FILENO) < 0 ? -1 : 0;
}

static int run_step(struct child *child) {
  const struct step *step = child->step;
  switch (step->kind) {
    case DO_WRITE: return write_host_file(child);
    case DO_UNSHARE: return unshare((int)step->flags);
    case DO_PROPAGATION: return make_private_root(child);
    case DO_OVERLAY: return mount_overlay(child);
    case DO_MOUNT: return mount_new(child);
    case DO_TREE_OPEN: return open_tree_slot(child);
    case DO_TREE_PLACE: return place_tree_slot(child);
    case DO_FOLDER: return make_folder(child);
    case DO_DEVICE: return make_device(child);
    case DO_DEVICES: return make_devices(child);
    case DO_SYMLINK: return make_symlink(child);
    case DO_MASK: return mask_path(child);
    case DO_READ_ONLY: return make_read_only(child);
    case DO_ROOT_READ_ONLY: return make_root_read_only(child);
    case DO_PIVOT: return pivot_root_step(child);
    case DO_HOSTNAME: return sethostname(step->text, strlen(step->text));
    case DO_AWAIT_KEEPER: return await_keeper();
    case DO_NETLINK: return send_netlink_step(step, -1, child->text, sizeof child->text);
    case DO_RLIMIT: return set_limit(child);
    case DO_NO_NEW_PRIVILEGES: return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    case DO_BOUNDING: return drop_bounding(child);
    case DO_CAPABILITIES: return set_capabilities(child);
    case DO_USER: return become_user(child);
    case DO_WORKDIR: return enter_workdir(child);
    case DO_UMASK: (void)umask((mode_t)step->mode); return 0;
    case DO_JOIN_NAMESPACES: return join_container(child);
    case DO_STDIN_NULL:
      return (step->flags & ONLY_NULL_STREAMS) != 0 ? reopen_null_streams(child) : reopen_standard_input(child);
    case DO_FILTER_SYSCALLS: return filter_syscalls(child);
    case DO_KEEP_RIGHTS: return keep_rights();
    case DO_EXEC: return execute(child);
    case DO_SYSCTL: return set_sysctl(child);
    case DO_TERMINAL: return make_terminal(child);
    case DO_SHM_OPEN: return open_shm_slot(child);
    case DO_USER_NAMESPACE: return make_user_namespace(child);
    case DO_MAPPED_LAYERS: return mount_mapped_layers(child);
    case DO_DEVICE_TREE: return open_device_slot(child);
    case DO_ENTER_USERS: return enter_users(child);
    case DO_BIND_ROOT: return bind_root(child);
    case DO_JOIN_PATH: return join_path(child);
    case DO_AWAIT_START: return await_start(child);
    case DO_ATTRIBUTES: return set_attributes(child);
    case DO_CONSOLE: return open_console(child);
    default: return 0;
  }
}

static noreturn void report_and_exit(struct child *child) {
  struct step_failure failure = {.step = child->index, .error = errno};
  memcpy(failure.text, child->text, sizeof failure.text);
  if (child->unheard) {
    (void)!write(STDERR_FILENO, failure.text, strnlen(failure.text, sizeof failure.text));
    (void)!write(STDERR_FILENO, "\n", 1);
  }
  ssize_t written;
  do written = write(CHILD_STATUS, &failure, sizeof failure);
  while (written < 0 && errno == EINTR);
  _exit(127);
}

/*
 * Puts a descriptor at its place, where it is returned; -1 when there is none. The keeper holds a filler at every place,
 * so what is not given must be closed as well.
 */
static int place_descriptor(int given, int place, bool *failed) {
  if (given >= 0 && dup3(given, place, O_CLOEXEC) >= 0) return place;
  if (given >= 0) *failed = true;
  else (void)close(place);
  return -1;
}

/* Descriptors first: from here on nothing of the keeper or of another container can leak in. */
static int arrange_descriptors(struct child *child, const struct child_setup *setup) {
  if (dup2(setup->standard_input, STDIN_FILENO) < 0) return -1;
  if (dup2(setup->standard_output, STDOUT_FILENO) < 0) return -1;
  if (dup2(setup->standard_error, STDERR_FILENO) < 0) return -1;
  if (dup3(setup->status, CHILD_STATUS, O_CLOEXEC) < 0) return -1;
  bool failed = false;
  (void)place_descriptor(setup->program, CHILD_PROGRAM, &failed);
  (void)place_descriptor(setup->namespaces, CHILD_NAMESPACES, &failed);
  const struct namespace_joins *joins = setup->joins;
  child->joins = (struct namespace_joins){
    .pid = place_descriptor(joins == NULL ? -1 : joins->pid, CHILD_JOIN_PID, &failed),
    .ipc = place_descriptor(joins == NULL ? -1 : joins->ipc, CHILD_JOIN_IPC, &failed),
    .net = place_descriptor(joins == NULL ? -1 : joins->net, CHILD_JOIN_NET, &failed),
    .users = place_descriptor(joins == NULL ? -1 : joins->users, CHILD_USERS, &failed),
    .late = joins != NULL && joins->late,
  };
  if (failed) return -1;
  return close_range(FIRST_KEEPER_DESCRIPTOR, ~0u, 0);
}

/* The clone reset the handlers, but what the keeper ignores stays ignored, through every exec, unless it is undone. */
static void reset_signals(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) (void)sigaction(number, &standard, NULL);
  sigset_t none;
  (void)sigemptyset(&none);
  (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

noreturn void run_child(const struct child_setup *setup) {
  static struct child child;
  child.list = setup->list;
  child.root = child.users = child.device_folder = child.procfs = -1;
  for (int slot = 0; slot < MAX_TREE_SLOTS; slot++) child.trees[slot] = -1;
  (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (arrange_descriptors(&child, setup) < 0) report_and_exit(&child);
  reset_signals();
  (void)setsid();
  (void)setrlimit(RLIMIT_NOFILE, &setup->open_files);
  (void)umask(0);
  if (!child.joins.late && join_early(&child) < 0) {
    child.index = UINT32_MAX;
    report_and_exit(&child);
  }
  for (child.index = 0; child.index < setup->list->count; child.index++) {
    child.step = &setup->list->steps[child.index];
    if (run_step(&child) < 0) report_and_exit(&child);
  }
  child.index = setup->list->count == 0 ? 0 : setup->list->count - 1;
  errno = ENOEXEC;
  report_and_exit(&child);
}
