/*
 * User namespaces. What needs the node's own rights (control groups, the overlay, mapped mounts, device nodes) is done
 * by a first stage outside; it then enters the user namespace and makes the process that becomes the program, as a
 * sibling, so that every namespace of the container belongs to that user namespace. The rights that are left outside
 * end with the first stage.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "child.h"
#include "scope.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif

#define CLONED (OPEN_TREE_CLONE | O_CLOEXEC)

static int write_map(pid_t holder, const char *file, const char *map) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%d/%s", holder, file);
  SCOPED_FD target = open(path, O_WRONLY | O_CLOEXEC);
  if (target < 0) return -1;
  /* One write: the kernel takes a map as a whole, and only once. */
  return write(target, map, strlen(map)) == (ssize_t)strlen(map) ? 0 : -1;
}

static int read_users(struct child *child, pid_t holder) {
  const struct step *step = child->step;
  if (write_map(holder, "uid_map", step->text) < 0) return explain(child, "the kernel refuses the map of users");
  if (write_map(holder, "gid_map", step->other) < 0) return explain(child, "the kernel refuses the map of groups");
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%d/ns/user", holder);
  child->users = open(path, O_RDONLY | O_CLOEXEC);
  return child->users < 0 ? -1 : 0;
}

/* The namespace lives on in the descriptor after the process that it was made with. */
int make_user_namespace(struct child *child) {
  child->root_user = (uid_t)child->step->number;
  child->root_group = (gid_t)child->step->mode;
  if (child->joins.users >= 0) {
    child->users = child->joins.users;
    return 0;
  }
  struct clone_args arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
  pid_t holder = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  if (holder < 0) return explain(child, "the kernel makes no user namespace: %s", strerror(errno));
  if (holder == 0) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    (void)close_range(0, ~0u, 0);
    for (;;) (void)pause();
  }
  int result = read_users(child, holder);
  int saved = errno;
  (void)kill(holder, SIGKILL);
  while (waitpid(holder, NULL, 0) < 0 && errno == EINTR) continue;
  errno = saved;
  return result;
}

/* `tree` is detached still: the kernel maps no mount that can be reached. */
int map_tree(struct child *child, int tree) {
  struct mount_attr mapped = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)child->users};
  if (mount_setattr(tree, "", AT_EMPTY_PATH, &mapped, sizeof mapped) == 0) return 0;
  return explain(child, "the file system cannot be mounted with mapped users: %s", strerror(errno));
}

int mount_mapped_layers(struct child *child) {
  const struct step *step = child->step;
  SCOPED_FD layers = open_tree(AT_FDCWD, step->path, CLONED);
  if (layers < 0) return explain(child, "layer folder %s", step->path);
  if (map_tree(child, layers) < 0) return -1;
  return move_mount(layers, "", AT_FDCWD, step->other, MOVE_MOUNT_F_EMPTY_PATH);
}

/* A file system of the node's own users: device nodes on one made inside a user namespace cannot be opened. */
static int mount_device_folder(struct child *child) {
  SCOPED_FD filesystem = fsopen("tmpfs", FSOPEN_CLOEXEC);
  if (filesystem < 0 || fsconfig(filesystem, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) return -1;
  SCOPED_FD mount = fsmount(filesystem, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
  if (mount < 0 || move_mount(mount, "", AT_FDCWD, child->step->path, MOVE_MOUNT_F_EMPTY_PATH) < 0) return -1;
  child->device_folder = take_descriptor(&mount);
  return 0;
}

int open_device_slot(struct child *child) {
  const struct step *step = child->step;
  if (child->device_folder < 0 && mount_device_folder(child) < 0) return explain(child, "a folder for devices");
  char name[16];
  (void)snprintf(name, sizeof name, "%u", (unsigned int)step->flags);
  if (mknodat(child->device_folder, name, (mode_t)step->mode, (dev_t)step->number) < 0) return -1;
  if (fchownat(child->device_folder, name, child->root_user, child->root_group, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  int tree = open_tree(child->device_folder, name, CLONED | AT_SYMLINK_NOFOLLOW);
  child->trees[step->flags] = tree;
  return tree < 0 ? -1 : 0;
}

/* Root of the container must be able to open /dev/stdout, and to hand it to another user. */
static int give_streams(const struct child *child) {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
    struct stat status;
    if (fstat(stream, &status) < 0) return -1;
    bool terminal = S_ISCHR(status.st_mode) && isatty(stream) == 1;
    if (!S_ISFIFO(status.st_mode) && !terminal) continue;
    if (fchown(stream, child->root_user, child->root_group) < 0) return -1;
  }
  return 0;
}

int become_mapped_root(struct child *child, int users, int flags) {
  if (give_streams(child) < 0) return explain(child, "give the output to the mapped root");
  if (setns(users, flags) < 0) return -1;
  if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
    return explain(child, "become root of the user namespace");
  /* A change of user makes a process dumpable where the node says so. */
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int join_late(struct child *child) {
  if (child->joins.pid >= 0 && setns(child->joins.pid, CLONE_NEWPID) < 0)
    return explain(child, "the pid namespace of the other container");
  return join_early(child);
}

static noreturn void end_first_stage(pid_t next) {
  struct stage_message message = {.kind = STATUS_STAGE, .pid = next};
  ssize_t written;
  do written = write(CHILD_STATUS, &message, sizeof message);
  while (written < 0 && errno == EINTR);
  _exit(written == (ssize_t)sizeof message ? 0 : 127);
}

/*
 * The mounts of a first stage are locked for the second, which may not make one of them its root. A clone that was
 * detached meanwhile is not; it goes on top of the old root, for which mapped root needs no way through the node's
 * folders.
 */
static int begin_second_stage(struct child *child, int overlay) {
  (void)setsid();
  if (await_keeper() < 0) return -1;
  if (move_mount(overlay, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0) return explain(child, "attach the root");
  close_descriptor(&child->root);
  child->root = overlay;
  /* Later, what is masked in /proc keeps the kernel from mounting another one in a user namespace. */
  child->procfs = open_private_procfs();
  return child->procfs < 0 ? explain(child, "a procfs of its own") : 0;
}

int enter_users(struct child *child) {
  SCOPED_FD overlay = open_tree(AT_FDCWD, child->root_path, CLONED);
  if (overlay < 0) return explain(child, "the overlay root");
  if (become_mapped_root(child, child->users, CLONE_NEWUSER) < 0 || join_late(child) < 0) return -1;
  struct clone_args arguments = {.flags = CLONE_PARENT | CLONE_CLEAR_SIGHAND | child->step->flags};
  pid_t next = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  if (next < 0) return explain(child, "the namespaces of the container: %s", strerror(errno));
  if (next > 0) end_first_stage(next);
  return begin_second_stage(child, take_descriptor(&overlay));
}
