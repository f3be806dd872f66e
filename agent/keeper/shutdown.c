/* What is done for the containers when the keeper ends for good. */
#include "cleanup.h"
#include "container.h"
#include "freezer.h"

void container_thaw_all(void) {
  for (struct container *container = container_first(); container != NULL; container = container->next)
    if (container->paused) thaw_groups(container->cgroups, container->cgroup_count);
}

void container_end_all(void) {
  for (struct container *container = container_first(); container != NULL; container = container->next)
    if (!container->own_pids) (void)end_members(container->cgroups, container->cgroup_count);
}
