#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "child.h"
#include "paths.h"
#include "scope.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif

#define ATTRIBUTE_BITS 0xffffffffull
#define PROPAGATION_BITS (MS_PRIVATE | MS_SHARED | MS_SLAVE | MS_UNBINDABLE)

int make_private_root(struct child *child) {
  return mount(NULL, child->step->path, NULL, (unsigned long)child->step->flags, NULL);
}

/* Relative layer names keep the options within the one page that mount(2) takes. */
int mount_overlay(struct child *child) {
  const struct step *step = child->step;
  if (chdir(step->other) < 0) return explain(child, "layer folder %s", step->other);
  if (mount("overlay", step->path, "overlay", (unsigned long)step->flags, step->text) < 0) return -1;
  if (chdir("/") < 0) return -1;
  child->root_path = step->path;
  child->root = open(step->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return child->root < 0 ? -1 : 0;
}

/*
 * CVE-2019-16884, 2023-27561: a link of the image must not lead a mount into /proc, over what is masked and read-only
 * there. The descriptor says where it really led.
 */
static int refuse_proc(struct child *child, int target) {
  struct statfs filesystem;
  if (fstatfs(target, &filesystem) < 0) return -1;
  if (filesystem.f_type != PROC_SUPER_MAGIC) return 0;
  errno = EPERM;
  return explain(child, "mount target %s leads into /proc", child->step->path);
}

static int attach(int mount, int target) {
  return move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/* The new mount API keeps the reason in the file system's descriptor. */
static int explain_filesystem(struct child *child, int filesystem) {
  int saved = errno;
  char message[256];
  ssize_t length = read(filesystem, message, sizeof message - 1);
  errno = saved;
  if (length <= 2) return -1;
  message[length] = 0;
  message[strcspn(message, "\n")] = 0;
  return explain(child, "%s", message + 2);
}

/* `key=value` or a flag, separated by commas. */
static int configure(int filesystem, const char *options) {
  char copy[512];
  if (strlen(options) >= sizeof copy) {
    errno = ENAMETOOLONG;
    return -1;
  }
  (void)strcpy(copy, options);
  char *rest = copy;
  for (char *option; (option = strsep(&rest, ",")) != NULL;) {
    if (*option == 0) continue;
    char *value = strchr(option, '=');
    if (value != NULL) *value++ = 0;
    unsigned int command = value == NULL ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
    if (fsconfig(filesystem, command, option, value, 0) < 0) return -1;
  }
  return 0;
}

/* `attributes`: MOUNT_ATTR_ bits. Returns a detached mount, not yet part of any tree. */
static int create_mount(struct child *child, const char *type, const char *options, uint64_t attributes) {
  SCOPED_FD filesystem = fsopen(type, FSOPEN_CLOEXEC);
  if (filesystem < 0) return -1;
  if (fsconfig(filesystem, FSCONFIG_SET_STRING, "source", type, 0) < 0) return -1;
  if (options != NULL && configure(filesystem, options) < 0) return explain_filesystem(child, filesystem);
  if (fsconfig(filesystem, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) return explain_filesystem(child, filesystem);
  return fsmount(filesystem, FSMOUNT_CLOEXEC, (unsigned int)attributes);
}

/* CVE-2019-19921 and 2026-41579: a mount point of /dev, /proc, /sys that is a link is refused, never followed. */
static int open_mount_point(struct child *child) {
  const struct step *step = child->step;
  bool links = (step->flags & MOUNT_REFUSE_LINKS) == 0;
  int target = (step->flags & MOUNT_MAKE_TARGET) != 0
                 ? make_folder_in_root(child->root, step->path, 0755, links)
                 : open_in_root(child->root, step->path, O_PATH | O_DIRECTORY, 0, links);
  if (target < 0 && errno == ELOOP && !links) (void)explain(child, "%s of the image is a symbolic link", step->path);
  return target;
}

int mount_new(struct child *child) {
  const struct step *step = child->step;
  SCOPED_FD target = open_mount_point(child);
  if (target < 0 || refuse_proc(child, target) < 0) return -1;
  SCOPED_FD mount = create_mount(child, step->other, step->text, step->flags & ATTRIBUTE_BITS);
  if (mount < 0 && (step->flags & MOUNT_OPTIONAL) != 0) {
    child->text[0] = 0;
    return 0;
  }
  return mount < 0 ? -1 : attach(mount, target);
}

/* The source is opened in the node's own mounts, before anything is made private. */
int open_tree_slot(struct child *child) {
  const struct step *step = child->step;
  unsigned int below = (step->flags & TREE_OPEN_ALONE) != 0 ? 0 : AT_RECURSIVE;
  int tree = open_tree(AT_FDCWD, step->path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | below);
  child->trees[step->number] = tree;
  if (tree < 0) return explain(child, "bind source %s", step->path);
  return (step->flags & TREE_MAPPED) != 0 && child->users >= 0 ? map_tree(child, tree) : 0;
}

static int set_tree_attributes(int tree, uint64_t flags) {
  struct mount_attr propagation = {.propagation = flags & PROPAGATION_BITS};
  unsigned int recursive = (flags & TREE_PROPAGATE_RECURSIVE) != 0 ? AT_RECURSIVE : 0;
  if (propagation.propagation != 0 &&
      mount_setattr(tree, "", AT_EMPTY_PATH | recursive, &propagation, sizeof propagation) < 0)
    return -1;
  if ((flags & TREE_READ_ONLY) == 0) return 0;
  struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
  recursive = (flags & TREE_READ_ONLY_TOP) != 0 ? 0 : AT_RECURSIVE;
  if (mount_setattr(tree, "", AT_EMPTY_PATH | recursive, &read_only, sizeof read_only) == 0) return 0;
  if ((flags & TREE_READ_ONLY_STRICT) != 0 || recursive == 0) return -1;
  return mount_setattr(tree, "", AT_EMPTY_PATH, &read_only, sizeof read_only);
}

int place_tree_slot(struct child *child) {
  const struct step *step = child->step;
  int tree = child->trees[step->number];
  struct stat source;
  if (tree < 0 || fstat(tree, &source) < 0) return -1;
  SCOPED_FD target = S_ISDIR(source.st_mode) ? make_folder_in_root(child->root, step->path, 0755, true)
                                             : make_file_in_root(child->root, step->path, 0644);
  if (target < 0) return explain(child, "bind target %s", step->path);
  if (refuse_proc(child, target) < 0) return -1;
  if (set_tree_attributes(tree, step->flags) < 0) return -1;
  if (attach(tree, target) < 0) return explain(child, "bind target %s", step->path);
  close_descriptor(&child->trees[step->number]);
  return 0;
}

/* CVE-2025-31133: only the real null device may be bound over a masked file. */
static int clone_null_device(struct child *child) {
  SCOPED_FD null = open_in_root(child->root, "/dev/null", O_PATH | O_NOFOLLOW, 0, false);
  struct stat status;
  if (null < 0 || fstat(null, &status) < 0) return -1;
  if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3)) {
    errno = EINVAL;
    return explain(child, "/dev/null of the container is not the null device");
  }
  return open_tree(null, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
}

int mask_path(struct child *child) {
  SCOPED_FD target = open_in_root(child->root, child->step->path, O_PATH | O_NOFOLLOW, 0, false);
  if (target < 0) return errno == ENOENT ? 0 : -1;
  struct stat status;
  if (fstat(target, &status) < 0) return -1;
  SCOPED_FD cover = -1;
  if (S_ISDIR(status.st_mode)) {
    uint64_t attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    cover = create_mount(child, "tmpfs", "size=0k,mode=755", attributes);
  } else {
    cover = clone_null_device(child);
  }
  return cover < 0 ? -1 : attach(cover, target);
}

int make_read_only(struct child *child) {
  SCOPED_FD target = open_in_root(child->root, child->step->path, O_PATH | O_NOFOLLOW, 0, false);
  if (target < 0) return errno == ENOENT ? 0 : -1;
  SCOPED_FD tree = open_tree(target, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
  if (tree < 0) return -1;
  struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
  if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &read_only, sizeof read_only) < 0) return -1;
  return attach(tree, target);
}

/* The root, or another mount of ours inside it that STEP_PATH names. */
int make_root_read_only(struct child *child) {
  const char *path = child->step->path == NULL ? "/" : child->step->path;
  SCOPED_FD target = open_in_root(child->root, path, O_PATH | O_DIRECTORY, 0, false);
  if (target < 0) return -1;
  struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
  return mount_setattr(target, "", AT_EMPTY_PATH, &read_only, sizeof read_only);
}

int pivot_root_step(struct child *child) {
  if (fchdir(child->root) < 0) return -1;
  /* The old root lands on top of the new one and is let go of there: no folder is needed for it. */
  if (syscall(SYS_pivot_root, ".", ".") < 0) return -1;
  if (umount2(".", MNT_DETACH) < 0) return -1;
  if (chdir("/") < 0) return -1;
  close_descriptor(&child->root);
  child->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return child->root < 0 ? -1 : 0;
}
