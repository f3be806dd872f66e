#define _GNU_SOURCE
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "ids.h"
#include "limits.h"
#include "refuse.h"

#define CGROUP_TEXT_BYTES 16384
#define MQUEUE_MAGIC 0x19800202

/* The node's /proc/self/fd: the container's own knows nothing of this process. */
static int own_files = -1;

void view_prepare(void) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    break_down("prepare the process");
  }
  if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0) break_down("close inherited files");
  own_files = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (own_files < 0) break_down("open /proc/self/fd");
  umask(0);
}

/* What is left is what files need; trusted attributes, which only SYS_ADMIN may read, say what a layer deletes. */
static void drop_capabilities(void) {
  static const int kept[] = {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_MKNOD, CAP_SETFCAP, CAP_SYS_ADMIN};
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct data[2] = {{0}, {0}};
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    data[kept[i] / 32].effective |= 1U << (kept[i] % 32);
    data[kept[i] / 32].permitted |= 1U << (kept[i] % 32);
  }
  if (syscall(SYS_capset, &header, data) != 0) break_down("give up capabilities");
}

static void make_root(int root) {
  if (fchdir(root) != 0 || chroot(".") != 0 || chdir("/") != 0) break_down("make the folder the root");
  close(root);
  ids_become_root();
  drop_capabilities();
}

/* A line is `number:controllers:path`. */
static int line_is_in(const char *line, size_t length, const char *cgroup) {
  const char *end = line + length;
  const char *path = memchr(line, ':', length);
  path = path == NULL ? NULL : memchr(path + 1, ':', (size_t)(end - path - 1));
  if (path == NULL) return 0;
  size_t wanted = strlen(cgroup);
  for (const char *at = path + 1; at + wanted <= end; at++) {
    if (memcmp(at, cgroup, wanted) == 0 && (at + wanted == end || at[wanted] == '/')) return 1;
  }
  return 0;
}

static int is_in_cgroup(int process, const char *cgroup) {
  static char text[CGROUP_TEXT_BYTES];
  int file = openat(process, "cgroup", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  size_t used = 0;
  ssize_t count;
  while (used < sizeof text && (count = read(file, text + used, sizeof text - used)) > 0) used += (size_t)count;
  close(file);
  for (size_t at = 0; at < used;) {
    const char *newline = memchr(text + at, '\n', used - at);
    size_t length = newline == NULL ? used - at : (size_t)(newline - (text + at));
    if (line_is_in(text + at, length, cgroup)) return 1;
    at += length + 1;
  }
  return 0;
}

void view_ids(const char *pid) {
  char path[32];
  if (strcmp(pid, "0") == 0) return;
  if (strspn(pid, "0123456789") != strlen(pid) || strlen(pid) > 10) refuse("no process");
  snprintf(path, sizeof path, "/proc/%s", pid);
  int process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (process < 0) decline(EXIT_GONE, "the container is not running any more");
  ids_of_process(process);
  close(process);
}

void view_running(const char *pid, const char *cgroup) {
  char path[32];
  if (strspn(pid, "0123456789") != strlen(pid) || strlen(pid) > 10 || cgroup[0] != '/') {
    refuse("no process and control group");
  }
  snprintf(path, sizeof path, "/proc/%s", pid);
  /* The folder stands for this one process, also when its number is given away meanwhile. */
  int process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (process < 0 || !is_in_cgroup(process, cgroup)) decline(EXIT_GONE, "the container is not running any more");
  int root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) decline(EXIT_GONE, "the container is not running any more");
  ids_of_process(process);
  close(process);
  make_root(root);
}

static int open_from(int folder, const char *path, int flags, unsigned long long resolve) {
  struct open_how how = {
      .flags = (unsigned long long)flags | O_CLOEXEC,
      .resolve = resolve | RESOLVE_NO_MAGICLINKS,
  };
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

int view_mount(const char *options, const char *layers_folder, const char *mount_point, int is_read_only) {
  if (chdir(layers_folder) != 0) break_down("enter the folder of the layers");
  unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | (is_read_only ? MS_RDONLY : 0);
  if (mount("overlay", mount_point, "overlay", flags, options) != 0) break_down("mount the container's files");
  int root = open(mount_point, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (root < 0) break_down("open the container's files");
  return root;
}

static void place_volume(int root, int tree, const char *target) {
  int place = open_from(root, target, O_PATH, RESOLVE_IN_ROOT);
  /* Where the container never started there may be no place for it yet. */
  if (place < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) return;
  if (place < 0) break_down("open the place of a volume");
  if (move_mount(tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0) {
    break_down("mount a volume");
  }
  close(place);
}

void view_stopped(const struct stopped_view *view) {
  int trees[MAX_VOLUMES];
  if (unshare(CLONE_NEWNS) != 0) break_down("leave the machine's mounts");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) break_down("keep mounts private");
  for (size_t i = 0; i < view->volume_count; i++) {
    trees[i] = open_tree(AT_FDCWD, view->volumes[i].source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (trees[i] < 0 && errno == ENOENT) continue;
    if (trees[i] < 0) break_down("open a volume");
    struct mount_attr attributes = {.attr_set = view->volumes[i].is_read_only ? MOUNT_ATTR_RDONLY : 0};
    attributes.attr_set |= MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    if (mount_setattr(trees[i], "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) != 0) {
      break_down("prepare a volume");
    }
  }
  int root = view_mount(view->overlay_options, view->layers_folder, view->mount_point, view->is_read_only);
  for (size_t i = 0; i < view->volume_count; i++) {
    if (trees[i] < 0) continue;
    place_volume(root, trees[i], view->volumes[i].target);
    close(trees[i]);
  }
  make_root(root);
}

void view_folder(const char *folder) {
  int root = open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (root < 0) break_down("open the folder");
  make_root(root);
}

int view_open(const char *path, int keeps_link) {
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) break_down("open the root");
  int file = -1;
  /* EAGAIN: a rename elsewhere on the machine raced with the walk. */
  for (int attempt = 0; attempt < 100; attempt++) {
    file = open_from(root, path, O_PATH | (keeps_link ? O_NOFOLLOW : 0), RESOLVE_IN_ROOT);
    if (file >= 0 || errno != EAGAIN) break;
  }
  int number = errno;
  close(root);
  errno = number;
  return file;
}

int view_open_at(int folder, const char *path, int flags) {
  return open_from(folder, path[0] == '\0' ? "." : path, flags, 0);
}

int view_reopen(int file, int flags) {
  char name[16];
  snprintf(name, sizeof name, "%d", file);
  return openat(own_files, name, flags | O_CLOEXEC);
}

int view_path(int file, char *path, size_t size) {
  char name[16];
  snprintf(name, sizeof name, "%d", file);
  ssize_t length = readlinkat(own_files, name, path, size - 1);
  if (length <= 0 || path[0] != '/') return 0;
  path[length] = '\0';
  return 1;
}

int view_is_kernels(int file) {
  struct statfs status;
  if (fstatfs(file, &status) != 0) break_down("look at the file system");
  switch ((unsigned long)status.f_type) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case CGROUP_SUPER_MAGIC:
    case CGROUP2_SUPER_MAGIC:
    case DEVPTS_SUPER_MAGIC:
    case DEBUGFS_MAGIC:
    case TRACEFS_MAGIC:
    case SECURITYFS_MAGIC:
    case BPF_FS_MAGIC:
    case BINFMTFS_MAGIC:
    case PSTOREFS_MAGIC:
    case EFIVARFS_MAGIC:
    case NSFS_MAGIC:
    case MQUEUE_MAGIC:
      return 1;
    default:
      return 0;
  }
}
