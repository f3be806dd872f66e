#define _GNU_SOURCE
#include "pack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "ids.h"
#include "refuse.h"
#include "tar_write.h"
#include "view.h"
#include "walk.h"

#define BUFFER_BYTES (256 << 10)
#define LINK_BUCKETS 4096
#define XATTR_LIST_BYTES 65536
#define WHITEOUT_PREFIX ".wh."
#define OPAQUE_NAME ".wh..wh..opq"

/* A file with several names, and the first of its names in the archive. */
struct known_file {
  struct known_file *next;
  dev_t device;
  ino_t inode;
  char name[];
};

static struct known_file *known_files[LINK_BUCKETS];
static size_t remembered_bytes;
static uint64_t entries;
static int is_layer;
static char *const *places;
static size_t place_count;
static char buffer[BUFFER_BYTES];
/* Name of the entry at work, in the archive. */
static struct walk walk;
static struct entry entry;

static void pack_folder(int folder, const struct stat *status, int depth);

static void clear_entry(void) {
  for (size_t i = 0; i < entry.xattr_count; i++) free(entry.xattrs[i].value);
  memset(&entry, 0, sizeof entry);
}

static void describe(enum entry_kind kind, const struct stat *status) {
  if (++entries > MAX_ENTRIES) refuse("there are more than %llu entries", MAX_ENTRIES);
  clear_entry();
  entry.kind = kind;
  entry.name = walk.text;
  entry.mode = status->st_mode & 07777;
  entry.uid = user_inside(status->st_uid);
  entry.gid = group_inside(status->st_gid);
  entry.modified = status->st_mtim;
}

/* A layer whose meaning hangs on what overlayfs alone knows cannot be told in an archive. */
static void check_overlay_attribute(const char *name) {
  if (strcmp(name, "trusted.overlay.redirect") == 0 || strcmp(name, "trusted.overlay.metacopy") == 0) {
    decline(EXIT_UNFIT, "overlayfs keeps it in a form that no archive has (%s)", name);
  }
}

static void read_xattrs(int file) {
  static char names[XATTR_LIST_BYTES], value[MAX_XATTR_VALUE_BYTES];
  ssize_t total = flistxattr(file, names, sizeof names);
  if (total < 0 && errno == ENOTSUP) return;
  if (total < 0) break_down("list the extended attributes");
  for (ssize_t at = 0; at < total; at += (ssize_t)strlen(names + at) + 1) {
    const char *name = names + at;
    if (is_layer) check_overlay_attribute(name);
    if (strncmp(name, "user.overlay.", 13) == 0) continue;
    if (strncmp(name, "user.", 5) != 0 && strcmp(name, "security.capability") != 0) continue;
    if (entry.xattr_count == MAX_XATTRS_PER_ENTRY) refuse("more than %d extended attributes", MAX_XATTRS_PER_ENTRY);
    ssize_t length = fgetxattr(file, name, value, sizeof value);
    if (length < 0 && errno == ENODATA) continue;
    if (length < 0) break_down("read an extended attribute");
    struct entry_xattr *xattr = &entry.xattrs[entry.xattr_count];
    xattr->value = malloc((size_t)length + 1);
    if (xattr->value == NULL) break_down("take memory");
    memcpy(xattr->value, value, (size_t)length);
    memcpy(xattr->name, name, strlen(name) + 1);
    xattr->length = (size_t)length;
    entry.xattr_count++;
  }
}

/* Writes a link and tells so when the same file was written before; otherwise remembers it. */
static int pack_known_file(const struct stat *status) {
  size_t bucket = (size_t)(status->st_ino ^ status->st_dev) % LINK_BUCKETS;
  for (struct known_file *file = known_files[bucket]; file != NULL; file = file->next) {
    if (file->device != status->st_dev || file->inode != status->st_ino) continue;
    describe(ENTRY_HARD_LINK, status);
    entry.link = file->name;
    tar_write_entry(&entry);
    return 1;
  }
  size_t bytes = sizeof(struct known_file) + walk.length + 1;
  remembered_bytes += bytes;
  if (remembered_bytes > MAX_REMEMBERED_BYTES) refuse("there are too many hard links");
  struct known_file *file = malloc(bytes);
  if (file == NULL) break_down("take memory");
  file->next = known_files[bucket];
  file->device = status->st_dev;
  file->inode = status->st_ino;
  memcpy(file->name, walk.text, walk.length + 1);
  known_files[bucket] = file;
  return 0;
}

/* The header has promised the size: what was cut off meanwhile is filled with zeros, what was added is left out. */
static void pack_content(int file, uint64_t size) {
  uint64_t rest = size;
  while (rest > 0) {
    ssize_t count = read(file, buffer, rest < sizeof buffer ? (size_t)rest : sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break_down("read the file");
    if (count == 0) break;
    tar_write_data(buffer, (size_t)count);
    rest -= (uint64_t)count;
  }
  memset(buffer, 0, sizeof buffer);
  while (rest > 0) {
    size_t count = rest < sizeof buffer ? (size_t)rest : sizeof buffer;
    tar_write_data(buffer, count);
    rest -= count;
  }
  tar_write_padding(size);
}

static void pack_file(int path_only, const struct stat *status) {
  if (view_is_kernels(path_only)) return;
  if (status->st_nlink > 1 && pack_known_file(status)) return;
  int file = view_reopen(path_only, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (file < 0) break_down("open the file");
  describe(ENTRY_FILE, status);
  entry.size = (uint64_t)status->st_size;
  read_xattrs(file);
  tar_write_entry(&entry);
  pack_content(file, entry.size);
  close(file);
}

static void pack_link(int link, const struct stat *status) {
  static char target[MAX_LINK_TEXT_BYTES + 2];
  ssize_t length = readlinkat(link, "", target, sizeof target - 1);
  if (length < 0) break_down("read the symbolic link");
  target[length] = '\0';
  describe(ENTRY_SYMBOLIC_LINK, status);
  entry.link = target;
  tar_write_entry(&entry);
}

static void pack_node(enum entry_kind kind, const struct stat *status) {
  describe(kind, status);
  entry.device_major = kind == ENTRY_FIFO ? 0 : major(status->st_rdev);
  entry.device_minor = kind == ENTRY_FIFO ? 0 : minor(status->st_rdev);
  tar_write_entry(&entry);
}

static void pack_opened(int file, const struct stat *status, int depth) {
  if (S_ISDIR(status->st_mode)) return pack_folder(file, status, depth);
  if (S_ISREG(status->st_mode)) return pack_file(file, status);
  if (S_ISLNK(status->st_mode)) return pack_link(file, status);
  if (S_ISFIFO(status->st_mode)) return pack_node(ENTRY_FIFO, status);
  if (S_ISCHR(status->st_mode)) return pack_node(ENTRY_CHARACTER_DEVICE, status);
  if (S_ISBLK(status->st_mode)) return pack_node(ENTRY_BLOCK_DEVICE, status);
  /* A socket is nothing without the program that listens on it; archives have none. */
}

static int is_empty(int folder) {
  int listed = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *list = listed < 0 ? NULL : fdopendir(listed);
  if (list == NULL) break_down("open the folder");
  int count = 0;
  while (count < 3 && readdir(list) != NULL) count++;
  closedir(list);
  return count <= 2;
}

static int is_left_out(int file, const struct stat *status) {
  for (size_t i = 0; i < place_count; i++) {
    /* Names in a layer begin with `./`. */
    if (strcmp(places[i], walk.text + 2) != 0) continue;
    if (S_ISREG(status->st_mode)) return status->st_size == 0;
    return S_ISDIR(status->st_mode) && is_empty(file);
  }
  return 0;
}

static void pack_whiteout(const char *hidden) {
  struct stat nothing = {.st_uid = user_outside(0), .st_gid = group_outside(0)};
  char name[MAX_COMPONENT_BYTES + sizeof WHITEOUT_PREFIX];
  snprintf(name, sizeof name, "%s%s", WHITEOUT_PREFIX, hidden);
  size_t before = walk_enter(&walk, name);
  describe(ENTRY_FILE, &nothing);
  tar_write_entry(&entry);
  walk_leave(&walk, before);
}

/* Gives 1 when the entry was a sign of overlayfs, which is dealt with, or one that does not count. */
static int pack_layer_entry(int file, const char *name, const struct stat *status) {
  if (S_ISCHR(status->st_mode) && status->st_rdev == makedev(0, 0)) {
    if (strlen(name) + strlen(WHITEOUT_PREFIX) > MAX_COMPONENT_BYTES) {
      decline(EXIT_UNFIT, "\"%.100s\" was deleted, and its name is too long for an image's layer to say so", name);
    }
    pack_whiteout(name);
    return 1;
  }
  if (strncmp(name, WHITEOUT_PREFIX, strlen(WHITEOUT_PREFIX)) == 0) {
    decline(EXIT_UNFIT, "a name that begins with %s cannot be in an image's layer", WHITEOUT_PREFIX);
  }
  size_t before = walk_enter(&walk, name);
  int left_out = is_left_out(file, status);
  walk_leave(&walk, before);
  return left_out;
}

static void pack_child(int folder, const char *name, int depth) {
  int file = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  /* Gone since the folder was listed. */
  if (file < 0 && errno == ENOENT) return;
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) break_down("look at an entry");
  if (!is_layer || !pack_layer_entry(file, name, &status)) {
    size_t before = walk_enter(&walk, name);
    refuse_entry(walk.text);
    pack_opened(file, &status, depth + 1);
    walk_leave(&walk, before);
    refuse_entry(walk.text);
  }
  close(file);
}

static int is_opaque(int folder) {
  char value[4];
  ssize_t length = fgetxattr(folder, "trusted.overlay.opaque", value, sizeof value);
  return length == 1 && value[0] == 'y';
}

static void pack_folder(int folder, const struct stat *status, int depth) {
  if (depth > MAX_DEPTH) refuse("it is deeper than %d folders", MAX_DEPTH);
  int listed = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (listed < 0 && errno == ENOENT) return;
  DIR *list = listed < 0 ? NULL : fdopendir(listed);
  if (list == NULL) break_down("open the folder");
  /* Archives say what is a folder by a slash as well. */
  describe(ENTRY_FOLDER, status);
  read_xattrs(listed);
  walk.text[walk.length] = '/';
  walk.text[walk.length + 1] = '\0';
  tar_write_entry(&entry);
  walk.text[walk.length] = '\0';
  if (is_layer && is_opaque(listed)) pack_whiteout(OPAQUE_NAME + strlen(WHITEOUT_PREFIX));
  while (!view_is_kernels(listed)) {
    errno = 0;
    struct dirent *child = readdir(list);
    if (child == NULL && errno != 0 && errno != ENOENT) break_down("list the folder");
    if (child == NULL) break;
    if (strcmp(child->d_name, ".") == 0 || strcmp(child->d_name, "..") == 0) continue;
    pack_child(listed, child->d_name, depth);
  }
  closedir(list);
}

void pack_path(const char *path, int keeps_link, const char *name) {
  int file = view_open(path, keeps_link);
  if (file < 0) decline(EXIT_NO_PATH, "%s", strerror(errno));
  struct stat status;
  if (fstat(file, &status) != 0) break_down("look at it");
  if (view_is_kernels(file)) decline(EXIT_UNFIT, "it is the kernel's, and no file");
  if (S_ISSOCK(status.st_mode)) decline(EXIT_UNFIT, "it is a socket");
  walk_enter(&walk, name);
  refuse_entry(walk.text);
  pack_opened(file, &status, 0);
  tar_write_end();
}

void pack_layer(char *const *left_out, size_t left_out_count) {
  is_layer = 1;
  places = left_out;
  place_count = left_out_count;
  pack_path("/", 1, ".");
}
