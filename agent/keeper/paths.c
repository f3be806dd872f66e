#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "scope.h"

/* EAGAIN of openat2 means that a rename raced with the walk; more than this many in a row is an attack. */
#define OPENAT2_ATTEMPTS 64
/* Levels of a tree that are removed at once: each takes a descriptor and some of the stack. */
#define REMOVE_DEPTH 256

int open_in_root(int root, const char *path, int flags, mode_t mode, bool links) {
  struct open_how how = {
    .flags = (uint64_t)(flags | O_CLOEXEC),
    .mode = (flags & O_CREAT) != 0 ? mode : 0,
    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (links ? 0 : RESOLVE_NO_SYMLINKS),
  };
  if (path[0] == 0) path = ".";
  for (int attempt = 0; attempt < OPENAT2_ATTEMPTS; attempt++) {
    int opened = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    if (opened >= 0 || (errno != EAGAIN && errno != EINTR)) return opened;
  }
  return -1;
}

/* Copies the first `length` bytes of a path; false when it is too long. */
static bool copy_prefix(char *out, const char *path, size_t length) {
  if (length >= PATH_MAX) {
    errno = ENAMETOOLONG;
    return false;
  }
  memcpy(out, path, length);
  out[length] = 0;
  return true;
}

static bool has_parent_reference(const char *path) {
  for (const char *at = path; (at = strstr(at, "..")) != NULL; at += 2) {
    bool starts = at == path || at[-1] == '/';
    if (starts && (at[2] == 0 || at[2] == '/')) return true;
  }
  return false;
}

int make_folder_in_root(int root, const char *path, mode_t mode, bool links) {
  int flags = O_PATH | O_DIRECTORY;
  int found = open_in_root(root, path, flags, 0, links);
  if (found >= 0 || errno != ENOENT) return found;
  if (has_parent_reference(path)) {
    errno = EINVAL;
    return -1;
  }
  char prefix[PATH_MAX];
  SCOPED_FD folder = open_in_root(root, "/", flags, 0, true);
  if (folder < 0) return -1;
  for (const char *at = path; *at != 0;) {
    while (*at == '/') at++;
    const char *end = strchrnul(at, '/');
    if (end == at) break;
    if (!copy_prefix(prefix, path, (size_t)(end - path))) return -1;
    int next = open_in_root(root, prefix, flags, 0, links);
    if (next < 0 && errno == ENOENT) {
      char name[NAME_MAX + 1];
      if ((size_t)(end - at) > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
      }
      memcpy(name, at, (size_t)(end - at));
      name[end - at] = 0;
      if (mkdirat(folder, name, mode) < 0 && errno != EEXIST) return -1;
      next = open_in_root(root, prefix, flags, 0, links);
    }
    if (next < 0) return -1;
    close_descriptor(&folder);
    folder = next;
    at = end;
  }
  return take_descriptor(&folder);
}

int open_parent_in_root(int root, const char *path, const char **name) {
  const char *slash = strrchr(path, '/');
  *name = slash == NULL ? path : slash + 1;
  char parent[PATH_MAX];
  if (!copy_prefix(parent, path, slash == NULL ? 0 : (size_t)(slash - path))) return -1;
  return make_folder_in_root(root, parent, 0755, true);
}

int make_file_in_root(int root, const char *path, mode_t mode) {
  int found = open_in_root(root, path, O_PATH, 0, true);
  if (found >= 0 || errno != ENOENT) return found;
  const char *name;
  SCOPED_FD parent = open_parent_in_root(root, path, &name);
  if (parent < 0) return -1;
  SCOPED_FD made = open_in_root(root, path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, mode, true);
  if (made < 0) return -1;
  return open_in_root(root, path, O_PATH, 0, true);
}

int make_host_folder(const char *path, mode_t mode) {
  if (mkdir(path, mode) == 0 || errno == EEXIST) return 0;
  if (errno != ENOENT) return -1;
  char prefix[PATH_MAX];
  for (const char *at = path + 1;; at++) {
    at = strchrnul(at, '/');
    if (!copy_prefix(prefix, path, (size_t)(at - path))) return -1;
    if (mkdir(prefix, mode) < 0 && errno != EEXIST) return -1;
    if (*at == 0) return 0;
  }
}

/* Where folders go that lie too deep, and how many went there. */
struct removal {
  int top;
  unsigned int moved;
};

static int remove_entry(struct removal *removal, int folder, const char *name, int depth);

/* Empties the folder behind `opened`, and takes it over. */
static int empty_folder(struct removal *removal, int opened, int depth) {
  DIR *entries = fdopendir(opened);
  if (entries == NULL) {
    close_descriptor(&opened);
    return -1;
  }
  int result = 0;
  int failure = 0;
  for (;;) {
    errno = 0;
    struct dirent *entry = readdir(entries);
    if (entry == NULL) {
      if (errno != 0) failure = errno, result = -1;
      break;
    }
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (remove_entry(removal, dirfd(entries), entry->d_name, depth) < 0) {
      failure = errno;
      result = -1;
      break;
    }
  }
  (void)closedir(entries);
  if (result < 0) errno = failure;
  return result;
}

/* A container may nest folders as deep as it likes: what lies too deep is moved up, and removed in a later round. */
static int move_up(struct removal *removal, int folder, const char *name) {
  char moved[32];
  (void)snprintf(moved, sizeof moved, ".deep-%u", removal->moved++);
  return renameat(folder, name, removal->top, moved);
}

static int remove_entry(struct removal *removal, int folder, const char *name, int depth) {
  if (unlinkat(folder, name, 0) == 0 || errno == ENOENT) return 0;
  if (errno != EISDIR && errno != EPERM) return -1;
  if (depth >= REMOVE_DEPTH) return move_up(removal, folder, name);
  int opened = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (opened < 0) return -1;
  if (empty_folder(removal, opened, depth + 1) < 0) return -1;
  return unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -1;
}

int remove_tree(const char *path) {
  SCOPED_FD top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (top < 0) return errno == ENOENT ? 0 : -1;
  struct removal removal = {.top = top};
  for (unsigned int before = 1; before != removal.moved;) {
    before = removal.moved;
    /* A descriptor of its own each round: the place where reading stopped belongs to the open file. */
    int opened = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0 || empty_folder(&removal, opened, 1) < 0) return -1;
  }
  return rmdir(path) == 0 || errno == ENOENT ? 0 : -1;
}
