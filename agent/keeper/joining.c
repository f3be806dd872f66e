#include "joining.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>

#include "container.h"
#include "scope.h"

bool makes_pid_namespace(uint64_t namespaces, const struct step_list *list) {
  for (uint32_t index = 0; index < list->count; index++)
    if (list->steps[index].kind == DO_ENTER_USERS) namespaces |= list->steps[index].flags;
  return (namespaces & CLONE_NEWPID) != 0;
}

bool read_join(struct join_request *request, const struct field *field) {
  switch (field->tag) {
    case FIELD_JOIN_PID: return field_string(field, &request->pid);
    case FIELD_JOIN_IPC: return field_string(field, &request->ipc);
    case FIELD_JOIN_NET: return field_string(field, &request->net);
    default: return false;
  }
}

static bool find(const char *id, int *pidfd, pid_t *pid) {
  if (id == NULL) return true;
  struct container *container = container_find(id);
  if (container == NULL || container->phase != CONTAINER_RUNNING) return false;
  *pidfd = container->pidfd;
  *pid = container->pid;
  return true;
}

bool open_joins(const struct join_request *request, const struct step_list *list, struct namespace_joins *out,
                const char **text) {
  pid_t pid = 0;
  *out = (struct namespace_joins){.pid = -1, .ipc = -1, .net = -1, .users = -1};
  out->late = has_step(list, DO_ENTER_USERS);
  *text = "the container to join is not running";
  if (!find(request->pid, &out->pid, &pid) || !find(request->ipc, &out->ipc, &pid) ||
      !find(request->net, &out->net, &pid))
    return false;
  *text = "a container whose /dev/shm is wanted must be joined";
  if (has_step(list, DO_SHM_OPEN) && out->ipc < 0) return false;
  if (pid == 0 || !has_step(list, DO_USER_NAMESPACE)) return true;
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
  out->users = open(path, O_RDONLY | O_CLOEXEC);
  *text = "the user namespace of the container to join";
  return out->users >= 0;
}

void close_joins(struct namespace_joins *joins) { close_descriptor(&joins->users); }

bool link_to_node(struct container *container) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%d/ns/net", container->pid);
  SCOPED_FD network = open(path, O_RDONLY | O_CLOEXEC);
  if (network < 0) {
    container->failure = (struct step_failure){.step = UINT32_MAX, .error = errno};
    return false;
  }
  return run_keeper_steps(&container->list, true, network, &container->failure);
}
