/* Resource limits of a program. */
#include <errno.h>
#include <sys/resource.h>

#include "child.h"

int set_limit(struct child *child) {
  const struct step *step = child->step;
  struct rlimit limit = {.rlim_cur = read_u64(step->bytes), .rlim_max = read_u64(step->bytes + 8)};
  if (setrlimit((__rlimit_resource_t)step->number, &limit) == 0) return 0;
  if (errno != EPERM) return -1;
  if (step->number != RLIMIT_NOFILE) return explain(child, "the keeper may not raise its own hard limit");
  return explain(child, "the keeper may not raise its own hard limit that far; fs.nr_open bounds it too");
}
