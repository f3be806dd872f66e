/*
 * The container may change everything while this works: each name is opened as what it is, never through a link in
 * the last place, and everything else is done to what was opened.
 */
#define _GNU_SOURCE
#include "deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "ids.h"
#include "input.h"
#include "path.h"
#include "refuse.h"
#include "tar.h"
#include "view.h"

struct late_time {
  struct late_time *next;
  struct timespec modified;
  char path[];
};

static int destination = -1;
static int owner_is_kept;
static struct late_time *late_times;
static size_t remembered_bytes;

static int open_folder_at(const char *path, int flags) {
  return view_open_at(destination, path, O_DIRECTORY | flags);
}

static _Noreturn void refuse_walk(void) {
  if (errno == ENOTDIR || errno == ELOOP || errno == ENOENT) decline(EXIT_UNFIT, "its place is not a folder");
  break_down("open its folder");
}

/* Makes the folders that neither the archive listed nor the container has. */
static int open_parent(const char *path) {
  char prefix[MAX_PATH_BYTES + 1];
  int folder = open_folder_at(path, O_PATH);
  if (folder >= 0 || errno != ENOENT) return folder;
  folder = open_folder_at("", O_PATH);
  for (const char *at = path; folder >= 0 && *at != '\0';) {
    size_t length = strcspn(at, "/");
    size_t start = (size_t)(at - path);
    memcpy(prefix, path, start + length);
    prefix[start + length] = '\0';
    if (mkdirat(folder, prefix + start, 0755) != 0 && errno != EEXIST) break_down("make its folder");
    close(folder);
    folder = open_folder_at(prefix, O_PATH);
    at += length;
    if (*at == '/') at++;
  }
  return folder;
}

/* What is no folder gives way; a folder does not, to anything but a folder. */
static void clear_way(int parent, const char *leaf) {
  if (unlinkat(parent, leaf, 0) == 0 || errno == ENOENT) return;
  if (errno == EISDIR) decline(EXIT_UNFIT, "it would replace a folder");
  if (errno == EBUSY) decline(EXIT_UNFIT, "something is mounted in its place");
  break_down("replace what is in its place");
}

static int may_set(const char *name, enum entry_kind kind) {
  if (strcmp(name, "security.capability") == 0) return kind == ENTRY_FILE;
  return strncmp(name, "user.", 5) == 0 && strncmp(name, "user.overlay.", 13) != 0;
}

/* The order counts: a change of owner clears set-user-id bits and capabilities. */
static void set_attributes(int file, const struct entry *entry) {
  uid_t uid = user_outside(owner_is_kept ? entry->uid : 0);
  gid_t gid = group_outside(owner_is_kept ? entry->gid : 0);
  if (fchown(file, uid, gid) != 0) break_down("set the owner");
  if (fchmod(file, entry->mode) != 0) break_down("set the mode");
  for (size_t i = 0; i < entry->xattr_count; i++) {
    const struct entry_xattr *xattr = &entry->xattrs[i];
    if (!may_set(xattr->name, entry->kind)) continue;
    /* A file system that knows no such attributes takes the file without. */
    if (fsetxattr(file, xattr->name, xattr->value, xattr->length, 0) != 0 && errno != ENOTSUP) {
      break_down("set an extended attribute");
    }
  }
}

static void deliver_file(int parent, const char *leaf, const struct entry *entry) {
  clear_way(parent, leaf);
  int file = openat(parent, leaf, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) break_down("create the file");
  for (uint64_t rest = entry->size; rest > 0;) {
    size_t count;
    const unsigned char *bytes = input_some(rest > SIZE_MAX ? SIZE_MAX : (size_t)rest, &count);
    rest -= count;
    while (count > 0) {
      ssize_t written = write(file, bytes, count);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) break_down("write the file");
      bytes += written;
      count -= (size_t)written;
    }
  }
  tar_skip_padding(entry->size);
  set_attributes(file, entry);
  struct timespec times[2] = {entry->modified, entry->modified};
  if (futimens(file, times) != 0) break_down("set the time");
  if (close(file) != 0) break_down("close the file");
}

static void remember_time(const struct path *path, struct timespec modified) {
  size_t length = strlen(path->text) + 1;
  remembered_bytes += sizeof(struct late_time) + length;
  if (remembered_bytes > MAX_REMEMBERED_BYTES) refuse("the archive has too many folders");
  struct late_time *late = malloc(sizeof *late + length);
  if (late == NULL) break_down("take memory");
  late->next = late_times;
  late->modified = modified;
  memcpy(late->path, path->text, length);
  late_times = late;
}

static void deliver_folder(const struct path *whole, int parent, const char *leaf, const struct entry *entry) {
  /* The folder into which all goes is the container's own, and stays as it is. */
  if (leaf[0] == '\0') return;
  if (mkdirat(parent, leaf, 0700) != 0 && errno != EEXIST) break_down("create the folder");
  int folder = openat(parent, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0 && (errno == ENOTDIR || errno == ELOOP)) {
    decline(EXIT_UNFIT, "it would replace what is no folder");
  }
  if (folder < 0) break_down("open the folder");
  set_attributes(folder, entry);
  close(folder);
  remember_time(whole, entry->modified);
}

/* For what cannot be opened: by the name just made, which may be another's by now; a link there is not followed. */
static void set_owner_and_time(int parent, const char *leaf, const struct entry *entry) {
  struct timespec times[2] = {entry->modified, entry->modified};
  uid_t uid = user_outside(owner_is_kept ? entry->uid : 0);
  gid_t gid = group_outside(owner_is_kept ? entry->gid : 0);
  if (fchownat(parent, leaf, uid, gid, AT_SYMLINK_NOFOLLOW) != 0) break_down("set the owner");
  if (utimensat(parent, leaf, times, AT_SYMLINK_NOFOLLOW) != 0) break_down("set the time");
}

static void deliver_symbolic_link(int parent, const char *leaf, const struct entry *entry) {
  size_t length = strlen(entry->link);
  if (length == 0) refuse("a symbolic link without a target");
  if (length > MAX_LINK_TEXT_BYTES) refuse("the symbolic link's target is too long");
  clear_way(parent, leaf);
  if (symlinkat(entry->link, parent, leaf) != 0) break_down("create the symbolic link");
  set_owner_and_time(parent, leaf, entry);
}

static void deliver_hard_link(int parent, const char *leaf, const struct entry *entry) {
  struct path target;
  char target_leaf[MAX_COMPONENT_BYTES + 1];
  path_of_link_target(entry->link, &target);
  path_split(&target, target_leaf);
  int target_parent = open_folder_at(target.text, O_PATH);
  struct stat source, there;
  if (target_parent < 0 || target_leaf[0] == '\0' ||
      fstatat(target_parent, target_leaf, &source, AT_SYMLINK_NOFOLLOW) != 0) {
    refuse("the hard link's target \"%.200s\" is not there", entry->link);
  }
  if (S_ISDIR(source.st_mode)) refuse("the hard link's target \"%.200s\" is a folder", entry->link);
  int exists = fstatat(parent, leaf, &there, AT_SYMLINK_NOFOLLOW) == 0;
  if (!exists || there.st_dev != source.st_dev || there.st_ino != source.st_ino) {
    clear_way(parent, leaf);
    if (linkat(target_parent, target_leaf, parent, leaf, 0) != 0) break_down("create the hard link");
  }
  close(target_parent);
}

static void deliver_node(int parent, const char *leaf, const struct entry *entry) {
  mode_t type = entry->kind == ENTRY_FIFO ? S_IFIFO : entry->kind == ENTRY_BLOCK_DEVICE ? S_IFBLK : S_IFCHR;
  if (type == S_IFCHR && entry->device_major == 0 && entry->device_minor == 0) {
    refuse("character device 0/0 is reserved for whiteouts");
  }
  dev_t device = type == S_IFIFO ? 0 : makedev(entry->device_major, entry->device_minor);
  clear_way(parent, leaf);
  /* The mask of this process is empty: the mode is as given, and nothing is left to be set by name but the owner. */
  if (mknodat(parent, leaf, type | (entry->mode & 01777), device) != 0) break_down("create the device");
  set_owner_and_time(parent, leaf, entry);
}

static void deliver_entry(const struct entry *entry) {
  struct path whole, above;
  char leaf[MAX_COMPONENT_BYTES + 1];
  path_of_entry(entry->name, &whole);
  above = whole;
  path_split(&above, leaf);
  if (leaf[0] == '\0' && entry->kind != ENTRY_FOLDER) refuse("the first entry must be a folder");
  int parent = open_parent(above.text);
  if (parent < 0) refuse_walk();
  if (view_is_kernels(parent)) decline(EXIT_UNFIT, "its place is the kernel's");
  if (entry->kind == ENTRY_FILE) deliver_file(parent, leaf, entry);
  else if (entry->kind == ENTRY_FOLDER) deliver_folder(&whole, parent, leaf, entry);
  else if (entry->kind == ENTRY_SYMBOLIC_LINK) deliver_symbolic_link(parent, leaf, entry);
  else if (entry->kind == ENTRY_HARD_LINK) deliver_hard_link(parent, leaf, entry);
  else deliver_node(parent, leaf, entry);
  close(parent);
}

/* Only now, because every file placed in a folder changed its time. The last entry for a folder comes first. */
static void set_late_times(void) {
  for (struct late_time *late = late_times; late != NULL; late = late->next) {
    int folder = view_open_at(destination, late->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (folder < 0) continue; /* Something else is there by now. */
    struct timespec times[2] = {late->modified, late->modified};
    if (futimens(folder, times) != 0) break_down("set a folder's time");
    close(folder);
  }
}

static void open_destination(const char *path) {
  int folder = view_open(path, 0);
  if (folder < 0) decline(EXIT_NO_PATH, "%s", strerror(errno));
  struct stat status;
  struct statvfs system;
  if (fstat(folder, &status) != 0 || fstatvfs(folder, &system) != 0) break_down("look at the folder");
  if (!S_ISDIR(status.st_mode)) decline(EXIT_UNFIT, "it is not a folder");
  if (view_is_kernels(folder)) decline(EXIT_UNFIT, "it is the kernel's, and no folder");
  if (system.f_flag & ST_RDONLY) decline(EXIT_UNFIT, "it can only be read");
  destination = folder;
}

void deliver_into(const char *path, int keeps_owner) {
  static struct entry entry;
  uint64_t count = 0;
  owner_is_kept = keeps_owner;
  open_destination(path);
  path_allow_any_name();
  input_open();
  while (tar_next(&entry)) {
    if (++count > MAX_ENTRIES) refuse("the archive has more than %llu entries", MAX_ENTRIES);
    deliver_entry(&entry);
  }
  input_drain();
  refuse_entry(NULL);
  set_late_times();
}
