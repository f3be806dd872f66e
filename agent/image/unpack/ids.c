#define _GNU_SOURCE
#include "ids.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include "refuse.h"

/* UID_GID_MAP_MAX_EXTENTS. */
#define MAX_RANGES 340
#define NOBODY 65534U

struct range {
  unsigned inside, outside, count;
};
struct map {
  struct range ranges[MAX_RANGES];
  size_t count;
};

static struct map users, groups;

static void read_map(int process, const char *name, struct map *map) {
  int file = openat(process, name, O_RDONLY | O_CLOEXEC);
  FILE *stream = file < 0 ? NULL : fdopen(file, "r");
  if (stream == NULL) break_down("read the container's users");
  struct range range;
  while (map->count < MAX_RANGES && fscanf(stream, "%u %u %u", &range.inside, &range.outside, &range.count) == 3) {
    map->ranges[map->count++] = range;
  }
  fclose(stream);
}

void ids_of_process(int process) {
  read_map(process, "uid_map", &users);
  read_map(process, "gid_map", &groups);
}

static unsigned inside(const struct map *map, unsigned id) {
  for (size_t i = 0; i < map->count; i++) {
    const struct range *range = &map->ranges[i];
    if (id >= range->outside && id - range->outside < range->count) return range->inside + (id - range->outside);
  }
  return map->count == 0 ? id : NOBODY;
}

static unsigned outside(const struct map *map, unsigned id) {
  for (size_t i = 0; i < map->count; i++) {
    const struct range *range = &map->ranges[i];
    if (id >= range->inside && id - range->inside < range->count) return range->outside + (id - range->inside);
  }
  if (map->count > 0) decline(EXIT_UNFIT, "its owner %u is none of the container's", id);
  return id;
}

uid_t user_inside(uid_t id) { return inside(&users, id); }
gid_t group_inside(gid_t id) { return inside(&groups, id); }
uid_t user_outside(uid_t id) { return outside(&users, id); }
gid_t group_outside(gid_t id) { return outside(&groups, id); }

void ids_become_root(void) {
  gid_t group = group_outside(0);
  uid_t user = user_outside(0);
  setfsgid(group);
  setfsuid(user);
  /* These calls tell nothing of failure; a second one tells what holds. */
  if ((uid_t)setfsuid(user) != user || (gid_t)setfsgid(group) != group) break_down("become the container's root");
}
