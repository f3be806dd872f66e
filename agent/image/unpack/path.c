#include "path.h"

#include <string.h>

#include "refuse.h"

static int any_name;

void path_allow_any_name(void) { any_name = 1; }

static void add_component(struct path *path, size_t *used, const char *component, size_t length, int is_last) {
  if (length > MAX_COMPONENT_BYTES) refuse("a part of the name is longer than %d bytes", MAX_COMPONENT_BYTES);
  /* OCI image specification, layers: the prefix is reserved for whiteouts, which are files. */
  if (!any_name && !is_last && length >= 4 && memcmp(component, ".wh.", 4) == 0) refuse("a folder's name begins with .wh.");
  if (*used + 1 + length > MAX_PATH_BYTES) refuse("the name is longer than %d bytes", MAX_PATH_BYTES);
  if (*used > 0) path->text[(*used)++] = '/';
  memcpy(path->text + *used, component, length);
  *used += length;
  path->text[*used] = '\0';
}

static int is_last_component(const char *after) {
  while (*after == '/' || (*after == '.' && (after[1] == '/' || after[1] == '\0'))) after++;
  return *after == '\0';
}

static void clean(const char *name, struct path *path) {
  size_t used = 0;
  int depth = 0;
  path->text[0] = '\0';
  for (const char *at = name; *at != '\0';) {
    size_t length = strcspn(at, "/");
    int is_dot = length == 1 && at[0] == '.';
    if (length == 2 && at[0] == '.' && at[1] == '.') refuse("\"..\" in a name would climb out of the layer");
    if (length > 0 && !is_dot) {
      if (++depth > MAX_DEPTH) refuse("the name is deeper than %d folders", MAX_DEPTH);
      add_component(path, &used, at, length, is_last_component(at + length));
    }
    at += length;
    if (*at == '/') at++;
  }
}

void path_of_entry(const char *name, struct path *path) {
  if (name[0] == '\0') refuse("an entry without a name");
  if (name[0] == '/') refuse("an absolute name would leave the layer");
  clean(name, path);
}

void path_of_link_target(const char *name, struct path *path) {
  if (name[0] == '\0') refuse("a hard link without a target");
  clean(name, path);
}

const char *path_split(struct path *path, char leaf[MAX_COMPONENT_BYTES + 1]) {
  char *slash = strrchr(path->text, '/');
  const char *last = slash == NULL ? path->text : slash + 1;
  memmove(leaf, last, strlen(last) + 1);
  if (slash == NULL) path->text[0] = '\0';
  else *slash = '\0';
  return leaf;
}
