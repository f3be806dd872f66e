#include "lookup.h"

#include <string.h>

#include "container.h"

/* A power of two, twice MAX_CONTAINERS. Two ids that share a place only make the list be walked more often. */
#define PLACES 8192u

static struct container *known[PLACES];

/* FNV-1a. */
static struct container **place_of(const char *id) {
  uint32_t hash = 2166136261u;
  for (; *id != 0; id++) hash = (hash ^ (uint8_t)*id) * 16777619u;
  return &known[hash % PLACES];
}

struct container *container_find(const char *id) {
  struct container **place = place_of(id);
  if (*place != NULL && strcmp((*place)->id, id) == 0) return *place;
  for (struct container *container = container_first(); container != NULL; container = container->next)
    if (strcmp(container->id, id) == 0) return *place = container;
  return NULL;
}

void lookup_forget(const struct container *container) {
  struct container **place = place_of(container->id);
  if (*place == container) *place = NULL;
}
