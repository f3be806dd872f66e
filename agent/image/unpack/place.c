#define _GNU_SOURCE
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "input.h"
#include "path.h"
#include "refuse.h"

#define WHITEOUT_PREFIX ".wh."
#define OPAQUE_NAME ".wh..wh..opq"
/* openat2 gives EAGAIN when a rename elsewhere on the machine raced with the walk. */
#define OPEN_ATTEMPTS 100

struct remembered_folder {
  struct remembered_folder *next;
  struct timespec modified;
  char path[];
};

static int root = -1;
static uint64_t content_bytes;
static int opaque_root;
static struct remembered_folder *remembered;
static size_t remembered_bytes;
/* The parent of the entry before: archives list a folder's files one after another. */
static struct path cached_path;
static int cached_parent = -1;

uint64_t place_content_bytes(void) { return content_bytes; }
int place_is_opaque_root(void) { return opaque_root; }

void place_open(const char *folder) {
  /* When the daemon dies, so does this: nobody would take the result. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    break_down("prepare the process");
  }
  if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0) break_down("close inherited files");
  if (chdir(folder) != 0) break_down("open the layer's folder");
  if (chroot(".") != 0 || chdir("/") != 0) break_down("make the layer's folder the root");
  root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) break_down("open the layer's folder");
  umask(0);
}

static int open_beneath(const char *path, uint64_t flags) {
  struct open_how how = {
      .flags = flags | O_CLOEXEC,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
  };
  long result = -1;
  for (int attempt = 0; attempt < OPEN_ATTEMPTS; attempt++) {
    result = syscall(SYS_openat2, root, path[0] == '\0' ? "." : path, &how, sizeof how);
    if (result >= 0 || errno != EAGAIN) break;
  }
  return (int)result;
}

static _Noreturn void refuse_walk(const char *path) {
  if (errno == EXDEV) refuse("it goes through a symbolic link that leaves the layer");
  if (errno == ENOTDIR || errno == ELOOP) refuse("\"%.200s\" is not a folder of this layer", path);
  if (errno == ENAMETOOLONG) refuse("its real name is too long");
  break_down("open its folder");
}

/* Symbolic links inside the layer can stack short names into one that is too long to be removed again. */
static void check_real_length(int folder) {
  char real[MAX_PATH_BYTES + 1];
  if (fchdir(folder) != 0) break_down("enter its folder");
  if (getcwd(real, sizeof real) == NULL) {
    if (errno == ERANGE || errno == ENAMETOOLONG) refuse("its real name is longer than %d bytes", MAX_PATH_BYTES);
    break_down("name its folder");
  }
}

static int is_whiteout(const struct stat *status) {
  return S_ISCHR(status->st_mode) && status->st_rdev == makedev(0, 0);
}

static void make_opaque(int folder) {
  if (fsetxattr(folder, "trusted.overlay.opaque", "y", 1, 0) != 0) break_down("mark a folder as opaque");
}

/* Makes the folders that the archive did not list, one by one, each seen as a real folder before the next. */
static int make_parents(const char *path) {
  char prefix[MAX_PATH_BYTES + 1];
  int folder = open_beneath("", O_PATH | O_DIRECTORY);
  for (const char *at = path; folder >= 0 && *at != '\0';) {
    size_t length = strcspn(at, "/");
    size_t end = (size_t)(at - path) + length;
    memcpy(prefix, path, end);
    prefix[end] = '\0';
    int next = open_beneath(prefix, O_PATH | O_DIRECTORY);
    if (next < 0 && errno == ENOENT) {
      const char *leaf = prefix + (at - path);
      if (mkdirat(folder, leaf, 0755) != 0) {
        if (errno == EEXIST) refuse("\"%.200s\" is a symbolic link to nowhere", prefix);
        break_down("make its folder");
      }
      next = open_beneath(prefix, O_PATH | O_DIRECTORY);
    }
    close(folder);
    folder = next;
    at += length;
    if (*at == '/') at++;
  }
  return folder;
}

static void forget_parent(void) {
  if (cached_parent >= 0) close(cached_parent);
  cached_parent = -1;
}

static int open_parent(const struct path *path) {
  if (cached_parent >= 0 && strcmp(cached_path.text, path->text) == 0) return cached_parent;
  forget_parent();
  int folder = open_beneath(path->text, O_PATH | O_DIRECTORY);
  if (folder < 0 && errno == ENOENT) folder = make_parents(path->text);
  if (folder < 0) refuse_walk(path->text);
  check_real_length(folder);
  cached_path = *path;
  cached_parent = folder;
  return folder;
}

/* Clears the way for an entry: a later entry of the same name replaces the earlier. Tells if a whiteout was there. */
static int remove_earlier(int parent, const char *leaf) {
  struct stat status;
  if (fstatat(parent, leaf, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return 0;
    break_down("look for an earlier entry");
  }
  int is_folder = S_ISDIR(status.st_mode);
  if (unlinkat(parent, leaf, is_folder ? AT_REMOVEDIR : 0) != 0) {
    if (errno == ENOTEMPTY || errno == EEXIST) refuse("it would replace a folder that is not empty");
    break_down("replace an earlier entry");
  }
  return is_whiteout(&status);
}

/* Overlay's own attributes come from whiteouts only, never from an archive. */
static int may_set(const struct entry_xattr *xattr, enum entry_kind kind) {
  if (strcmp(xattr->name, "security.capability") == 0) return kind == ENTRY_FILE;
  if (strncmp(xattr->name, "user.overlay.", 13) == 0) return 0;
  return strncmp(xattr->name, "user.", 5) == 0;
}

/* The order counts: a change of owner clears set-user-id bits and capabilities. */
static void set_attributes(int file, const struct entry *entry) {
  if (fchown(file, entry->uid, entry->gid) != 0) break_down("set the owner");
  if (fchmod(file, entry->mode) != 0) break_down("set the mode");
  for (size_t i = 0; i < entry->xattr_count; i++) {
    const struct entry_xattr *xattr = &entry->xattrs[i];
    if (!may_set(xattr, entry->kind)) continue;
    if (fsetxattr(file, xattr->name, xattr->value, xattr->length, 0) != 0) {
      if (errno == EINVAL || errno == ERANGE || errno == E2BIG) refuse("the extended attribute %s is invalid", xattr->name);
      break_down("set an extended attribute");
    }
  }
}

static void set_time(int folder, const char *leaf, struct timespec modified) {
  struct timespec times[2] = {modified, modified};
  if (utimensat(folder, leaf, times, AT_SYMLINK_NOFOLLOW) != 0) break_down("set the time");
}

static void write_all(int file, const unsigned char *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(file, bytes, length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break_down("write the file");
    bytes += count;
    length -= (size_t)count;
  }
}

static void place_file(int parent, const char *leaf, const struct entry *entry) {
  remove_earlier(parent, leaf);
  int file = openat(parent, leaf, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) break_down("create the file");
  for (uint64_t rest = entry->size; rest > 0;) {
    size_t count;
    const unsigned char *bytes = input_some(rest > SIZE_MAX ? SIZE_MAX : (size_t)rest, &count);
    write_all(file, bytes, count);
    rest -= count;
  }
  tar_skip_padding(entry->size);
  content_bytes += entry->size;
  set_attributes(file, entry);
  struct timespec times[2] = {entry->modified, entry->modified};
  if (futimens(file, times) != 0) break_down("set the time");
  if (close(file) != 0) break_down("close the file");
}

static void remember_folder(const struct path *path, struct timespec modified) {
  size_t length = strlen(path->text) + 1;
  remembered_bytes += sizeof *remembered + length;
  if (remembered_bytes > MAX_REMEMBERED_BYTES) refuse("the layer has too many folders");
  struct remembered_folder *folder = malloc(sizeof *folder + length);
  if (folder == NULL) break_down("take memory");
  folder->next = remembered;
  folder->modified = modified;
  memcpy(folder->path, path->text, length);
  remembered = folder;
}

static int open_folder(int parent, const char *leaf) {
  int folder = openat(parent, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) break_down("open the folder");
  return folder;
}

static void place_folder(const struct path *whole, int parent, const char *leaf, const struct entry *entry) {
  struct stat status;
  int hides_lower = 0;
  if (leaf[0] == '\0') {
    leaf = ".";
  } else if (fstatat(parent, leaf, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(status.st_mode)) {
    hides_lower = remove_earlier(parent, leaf);
    if (mkdirat(parent, leaf, 0700) != 0) break_down("create the folder");
  }
  int folder = open_folder(parent, leaf);
  if (hides_lower) make_opaque(folder);
  set_attributes(folder, entry);
  close(folder);
  remember_folder(whole, entry->modified);
}

static void place_symbolic_link(int parent, const char *leaf, const struct entry *entry) {
  size_t length = strlen(entry->link);
  if (length == 0) refuse("a symbolic link without a target");
  if (length > MAX_LINK_TEXT_BYTES) refuse("the symbolic link's target is too long");
  remove_earlier(parent, leaf);
  if (symlinkat(entry->link, parent, leaf) != 0) break_down("create the symbolic link");
  if (fchownat(parent, leaf, entry->uid, entry->gid, AT_SYMLINK_NOFOLLOW) != 0) break_down("set the owner");
  set_time(parent, leaf, entry->modified);
}

static void place_hard_link(int parent, const char *leaf, const struct entry *entry) {
  struct path target;
  char target_leaf[MAX_COMPONENT_BYTES + 1];
  path_of_link_target(entry->link, &target);
  path_split(&target, target_leaf);
  if (strncmp(target_leaf, WHITEOUT_PREFIX, 4) == 0) refuse("a hard link to a whiteout");
  struct stat source, there;
  int target_parent = open_beneath(target.text, O_PATH | O_DIRECTORY);
  if (target_parent < 0 && errno != ENOENT) refuse_walk(target.text);
  if (target_parent < 0 || target_leaf[0] == '\0' ||
      fstatat(target_parent, target_leaf, &source, AT_SYMLINK_NOFOLLOW) != 0 || is_whiteout(&source)) {
    refuse("the hard link's target \"%.200s\" is not in this layer", entry->link);
  }
  if (S_ISDIR(source.st_mode)) refuse("the hard link's target \"%.200s\" is a folder", entry->link);
  int exists = fstatat(parent, leaf, &there, AT_SYMLINK_NOFOLLOW) == 0;
  if (!exists || there.st_dev != source.st_dev || there.st_ino != source.st_ino) {
    remove_earlier(parent, leaf);
    if (linkat(target_parent, target_leaf, parent, leaf, 0) != 0) {
      if (errno == EMLINK) refuse("too many hard links to one file");
      break_down("create the hard link");
    }
  }
  close(target_parent);
}

static void place_node(int parent, const char *leaf, const struct entry *entry) {
  mode_t type = entry->kind == ENTRY_FIFO ? S_IFIFO : entry->kind == ENTRY_BLOCK_DEVICE ? S_IFBLK : S_IFCHR;
  if (type == S_IFCHR && entry->device_major == 0 && entry->device_minor == 0) {
    refuse("character device 0/0 is reserved for whiteouts");
  }
  dev_t device = type == S_IFIFO ? 0 : makedev(entry->device_major, entry->device_minor);
  remove_earlier(parent, leaf);
  if (mknodat(parent, leaf, type | 0600, device) != 0) break_down("create the device");
  if (fchownat(parent, leaf, entry->uid, entry->gid, AT_SYMLINK_NOFOLLOW) != 0) break_down("set the owner");
  if (fchmodat(parent, leaf, entry->mode, 0) != 0) break_down("set the mode");
  set_time(parent, leaf, entry->modified);
}

/*
 * A whiteout hides a name of the layers below (OCI image specification, layers), never one of its own layer.
 * On disk it is what overlayfs knows: a character device 0/0, or an attribute on an opaque folder.
 */
static void place_whiteout(const struct path *above, int parent, const char *leaf) {
  if (strcmp(leaf, OPAQUE_NAME) == 0) {
    int folder = open_folder(parent, ".");
    make_opaque(folder);
    close(folder);
    if (above->text[0] == '\0') opaque_root = 1;
    return;
  }
  const char *hidden = leaf + strlen(WHITEOUT_PREFIX);
  if (strncmp(hidden, WHITEOUT_PREFIX, 4) == 0) refuse("a reserved whiteout name");
  if (hidden[0] == '\0' || strcmp(hidden, ".") == 0 || strcmp(hidden, "..") == 0) {
    refuse("a whiteout that hides no name");
  }
  struct stat status;
  if (fstatat(parent, hidden, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    if (!S_ISDIR(status.st_mode)) return;
    int folder = open_folder(parent, hidden);
    make_opaque(folder);
    close(folder);
    return;
  }
  if (mknodat(parent, hidden, S_IFCHR, makedev(0, 0)) != 0) break_down("create the whiteout");
}

void place_entry(const struct entry *entry) {
  struct path whole, above;
  char leaf[MAX_COMPONENT_BYTES + 1];
  path_of_entry(entry->name, &whole);
  above = whole;
  path_split(&above, leaf);
  if (leaf[0] == '\0' && entry->kind != ENTRY_FOLDER) refuse("the layer's root must be a folder");
  int parent = open_parent(&above);
  if (strncmp(leaf, WHITEOUT_PREFIX, 4) == 0) {
    if (entry->kind == ENTRY_FOLDER) refuse("a folder's name begins with .wh.");
    place_whiteout(&above, parent, leaf);
    input_skip(entry->size);
    tar_skip_padding(entry->size);
    return;
  }
  switch (entry->kind) {
    case ENTRY_FILE:
      return place_file(parent, leaf, entry);
    case ENTRY_FOLDER:
      return place_folder(&whole, parent, leaf, entry);
    case ENTRY_SYMBOLIC_LINK:
      return place_symbolic_link(parent, leaf, entry);
    case ENTRY_HARD_LINK:
      return place_hard_link(parent, leaf, entry);
    default:
      return place_node(parent, leaf, entry);
  }
}

/* Only now, because every file placed in a folder changed its time. */
static void set_folder_times(void) {
  /* The list runs backwards: the last entry for a folder must win, so the order is turned round first. */
  struct remembered_folder *ordered = NULL;
  while (remembered != NULL) {
    struct remembered_folder *folder = remembered;
    remembered = folder->next;
    folder->next = ordered;
    ordered = folder;
  }
  for (; ordered != NULL; ordered = ordered->next) {
    int folder = open_beneath(ordered->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (folder < 0) continue; /* A later entry replaced the folder. */
    struct timespec times[2] = {ordered->modified, ordered->modified};
    if (futimens(folder, times) != 0) break_down("set a folder's time");
    close(folder);
  }
}

void place_close(void) {
  forget_parent();
  set_folder_times();
  int folder = open_beneath("", O_RDONLY | O_DIRECTORY);
  if (folder < 0 || syncfs(folder) != 0) break_down("bring the layer to disk");
}
