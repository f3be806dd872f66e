#define _GNU_SOURCE
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "changes.h"
#include "deliver.h"
#include "limits.h"
#include "pack.h"
#include "refuse.h"
#include "view.h"

static _Noreturn void misuse(void) {
  fputs("usage: see look.h\n", stderr);
  exit(EXIT_USAGE);
}

/* Where a symbolic link leads, inside the root; the link's own words when that is not there. */
static void link_target(const char *path, int link, char target[PATH_MAX]) {
  int file = view_open(path, 0);
  if (file >= 0 && view_path(file, target, PATH_MAX)) return;
  ssize_t length = readlinkat(link, "", target, PATH_MAX - 1);
  if (length < 0) break_down("read the symbolic link");
  target[length] = '\0';
}

static void stat_path(const char *path) {
  static char target[PATH_MAX];
  int file = view_open(path, 1);
  if (file < 0) decline(EXIT_NO_PATH, "%s", strerror(errno));
  struct stat status;
  if (fstat(file, &status) != 0) break_down("look at it");
  if (S_ISLNK(status.st_mode)) link_target(path, file, target);
  printf("{\"size\":%lld,\"mode\":%u,\"seconds\":%lld,\"nanoseconds\":%ld,\"link\":\"", (long long)status.st_size,
         (unsigned)status.st_mode, (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  for (const char *at = target; *at != '\0'; at++) printf("%02x", (unsigned char)*at);
  fputs("\"}\n", stdout);
  if (fflush(stdout) != 0) break_down("write the answer");
}

static void work(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[0], "stat") == 0) return stat_path(arguments[1]);
  if (count == 4 && strcmp(arguments[0], "pack") == 0) {
    return pack_path(arguments[1], strcmp(arguments[2], "keep") == 0, arguments[3]);
  }
  if (count == 3 && strcmp(arguments[0], "place") == 0) {
    return deliver_into(arguments[1], strcmp(arguments[2], "keep") == 0);
  }
  misuse();
}

static int is_read_only(const char *word) { return strcmp(word, "ro") == 0; }

static void look_stopped(int count, char **arguments) {
  static struct volume volumes[MAX_VOLUMES];
  if (count < 5) misuse();
  struct stopped_view view = {
      .overlay_options = arguments[0],
      .layers_folder = arguments[1],
      .mount_point = arguments[2],
      .is_read_only = is_read_only(arguments[3]),
      .volumes = volumes,
      .volume_count = strtoul(arguments[4], NULL, 10),
  };
  if (view.volume_count > MAX_VOLUMES || (size_t)(count - 5) < 3 * view.volume_count) misuse();
  for (size_t i = 0; i < view.volume_count; i++) {
    char **words = arguments + 5 + 3 * i;
    volumes[i] = (struct volume){.source = words[0], .target = words[1], .is_read_only = is_read_only(words[2])};
  }
  view_stopped(&view);
  int used = 5 + 3 * (int)view.volume_count;
  work(count - used, arguments + used);
}

static void look_changes(char **arguments) {
  const char *options = arguments[1], *layers_folder = arguments[2], *mount_point = arguments[3];
  int lower;
  /* Before the mount, which may cover it. */
  int upper = open(arguments[0], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (upper < 0) break_down("open the container's changes");
  if (options[0] == '\0') {
    lower = open(layers_folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (lower < 0) break_down("open the layer");
  } else {
    if (unshare(CLONE_NEWNS) != 0) break_down("leave the machine's mounts");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) break_down("keep mounts private");
    lower = view_mount(options, layers_folder, mount_point, 1);
  }
  list_changes(upper, lower);
}

int look(int argument_count, char **arguments) {
  if (argument_count < 3) return 0;
  const char *mode = arguments[1];
  char **rest = arguments + 2;
  int count = argument_count - 2;
  int is_known = strcmp(mode, "--running") == 0 || strcmp(mode, "--stopped") == 0 || strcmp(mode, "--layer") == 0 ||
                 strcmp(mode, "--changes") == 0;
  if (!is_known) return 0;
  view_prepare();
  if (strcmp(mode, "--running") == 0) {
    if (count < 3) misuse();
    view_running(rest[0], rest[1]);
    work(count - 2, rest + 2);
  } else if (strcmp(mode, "--stopped") == 0) {
    look_stopped(count, rest);
  } else if (strcmp(mode, "--layer") == 0) {
    if (count < 2) misuse();
    view_ids(rest[1]);
    view_folder(rest[0]);
    pack_layer(rest + 2, (size_t)count - 2);
  } else {
    if (count != 5) misuse();
    view_ids(rest[4]);
    look_changes(rest);
  }
  return 1;
}
