#include "walk.h"

#include <string.h>

#include "refuse.h"

size_t walk_enter(struct walk *walk, const char *name) {
  size_t before = walk->length;
  size_t length = strlen(name);
  if (before + 1 + length > MAX_PATH_BYTES) refuse("a name is longer than %d bytes", MAX_PATH_BYTES);
  if (before > 0 || walk->rooted) walk->text[walk->length++] = '/';
  memcpy(walk->text + walk->length, name, length + 1);
  walk->length += length;
  return before;
}

void walk_leave(struct walk *walk, size_t before) {
  walk->length = before;
  walk->text[before] = '\0';
}
