#define _GNU_SOURCE
#include "changes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "ids.h"
#include "limits.h"
#include "refuse.h"
#include "walk.h"

/* More than this is no answer that anybody reads. */
#define MAX_CHANGES 100000
#define MAX_CHANGES_BYTES (8U << 20)

static struct walk walk = {.rooted = 1};
static uint64_t entries;
static size_t changes, change_bytes;

static void compare_folder(int upper, int lower, int depth);

static void tell(char kind) {
  change_bytes += walk.length + 2;
  if (++changes > MAX_CHANGES || change_bytes > MAX_CHANGES_BYTES) {
    decline(EXIT_UNFIT, "there are more than %d changes", MAX_CHANGES);
  }
  putchar(kind);
  fputs(walk.text, stdout);
  putchar('\0');
}

static int same_time(struct timespec one, struct timespec other) {
  return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static char kind_of_folder(const struct stat *upper, const struct stat *lower) {
  /* The layers have the numbers inside. */
  int same_owner = user_inside(upper->st_uid) == lower->st_uid && group_inside(upper->st_gid) == lower->st_gid;
  if (upper->st_mode != lower->st_mode || !same_owner) return 'M';
  return same_time(upper->st_mtim, lower->st_mtim) ? '\0' : 'T';
}

static void compare_child(int upper, int lower, const char *name, int depth) {
  struct stat now, before;
  if (fstatat(upper, name, &now, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return;
    break_down("look at a changed file");
  }
  int existed = lower >= 0 && fstatat(lower, name, &before, AT_SYMLINK_NOFOLLOW) == 0;
  if (S_ISCHR(now.st_mode) && now.st_rdev == makedev(0, 0)) {
    if (existed) tell('D');
    return;
  }
  if (!S_ISDIR(now.st_mode)) return tell(existed ? 'C' : S_ISREG(now.st_mode) && now.st_size == 0 ? 'E' : 'A');
  int was_folder = existed && S_ISDIR(before.st_mode);
  char kind = was_folder ? kind_of_folder(&now, &before) : existed ? 'C' : 'F';
  if (kind != '\0') tell(kind);
  int upper_folder = openat(upper, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (upper_folder < 0) {
    /* Another thing by now, or gone. */
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return;
    break_down("open a changed folder");
  }
  int lower_folder = was_folder ? openat(lower, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
  compare_folder(upper_folder, lower_folder, depth + 1);
  close(upper_folder);
  if (lower_folder >= 0) close(lower_folder);
}

static DIR *list_of(int folder) {
  int listed = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *list = listed < 0 ? NULL : fdopendir(listed);
  if (list == NULL) break_down("open a folder");
  return list;
}

static const char *next_name(DIR *list) {
  for (;;) {
    struct dirent *entry = readdir(list);
    if (entry == NULL) return NULL;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (++entries > MAX_ENTRIES) decline(EXIT_UNFIT, "there are more than %llu files", MAX_ENTRIES);
    return entry->d_name;
  }
}

/* An opaque folder shows nothing of the one below: what was there and is not again was deleted. */
static void tell_hidden(int upper, int lower) {
  char value[4];
  struct stat status;
  if (fgetxattr(upper, "trusted.overlay.opaque", value, sizeof value) != 1 || value[0] != 'y') return;
  DIR *list = list_of(lower);
  for (const char *name = next_name(list); name != NULL; name = next_name(list)) {
    if (fstatat(upper, name, &status, AT_SYMLINK_NOFOLLOW) == 0) continue;
    size_t before = walk_enter(&walk, name);
    tell('D');
    walk_leave(&walk, before);
  }
  closedir(list);
}

static void compare_folder(int upper, int lower, int depth) {
  if (depth > MAX_DEPTH) decline(EXIT_UNFIT, "a changed folder is deeper than %d folders", MAX_DEPTH);
  if (lower >= 0) tell_hidden(upper, lower);
  DIR *list = list_of(upper);
  for (const char *name = next_name(list); name != NULL; name = next_name(list)) {
    size_t before = walk_enter(&walk, name);
    compare_child(upper, lower, name, depth);
    walk_leave(&walk, before);
  }
  closedir(list);
}

void list_changes(int upper, int lower) {
  int below = openat(lower, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (below < 0) break_down("open the layers");
  compare_folder(upper, below, 0);
  if (fflush(stdout) != 0) break_down("write the list");
}
