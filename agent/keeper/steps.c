#include "steps.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "device_filter.h"
#include "group_limits.h"
#include "netlink.h"
#include "paths.h"
#include "scope.h"

/* Points into the field's own bytes: they live as long as the request does. */
static char **read_strings(const struct field *field, int spare) {
  int count = field_count_strings(field);
  if (count < 0 || count > MAX_STRINGS) return NULL;
  char **strings = calloc((size_t)(count + spare + 1), sizeof *strings);
  if (strings == NULL) return NULL;
  char *at = (char *)(uintptr_t)field->bytes;
  for (int index = 0; index < count; index++) {
    strings[index] = at;
    at += strlen(at) + 1;
  }
  return strings;
}

static bool read_step_field(struct step *step, const struct field *field) {
  switch (field->tag) {
    case STEP_NAME: return field_string(field, &step->name);
    case STEP_PATH: return field_string(field, &step->path);
    case STEP_OTHER: return field_string(field, &step->other);
    case STEP_TEXT: return field_string(field, &step->text);
    case STEP_FLAGS: return field_number(field, &step->flags);
    case STEP_MODE: return field_number(field, &step->mode);
    case STEP_NUMBER: return field_number(field, &step->number);
    case STEP_BYTES:
      step->bytes = field->bytes;
      step->byte_count = field->length;
      return true;
    case STEP_TOLERATED:
      if (field->length % 4 != 0) return false;
      step->tolerated = field->bytes;
      step->tolerated_count = field->length / 4;
      return true;
    case STEP_ARGV:
      if (step->argv != NULL) return false;
      step->argv = read_strings(field, 0);
      return step->argv != NULL;
    case STEP_ENV:
      if (step->env != NULL) return false;
      step->env = read_strings(field, 1);
      return step->env != NULL;
    default: return false;
  }
}

/* A record for each path, no more and no less. */
static bool fits_devices(const struct step *step) {
  uint32_t count = 0;
  while (step->argv != NULL && step->argv[count] != NULL) count++;
  return count > 0 && step->bytes != NULL && step->byte_count / DEVICE_RECORD_BYTES == count &&
         step->byte_count % DEVICE_RECORD_BYTES == 0;
}

static bool has_namespaces_of_a_container(uint64_t flags) {
  return (flags & CLONE_NEWNS) != 0 && (flags & ~(uint64_t)ALLOWED_NAMESPACES) == 0;
}

/* Which of path, other, text, bytes and argv a kind cannot do without. */
static bool has_what_it_needs(const struct step *step) {
  switch (step->kind) {
    case DO_HOST_FOLDER:
    case DO_CGROUP:
    case DO_PROPAGATION:
    case DO_FOLDER:
    case DO_DEVICE:
    case DO_MASK:
    case DO_READ_ONLY:
    case DO_BIND_ROOT:
    case DO_JOIN_PATH:
    case DO_ATTRIBUTES:
    case DO_WORKDIR: return step->path != NULL;
    case DO_AWAIT_START:
      return (step->flags & AWAIT_GATE) == 0 || (step->argv != NULL && step->argv[0] != NULL && step->env != NULL);
    case DO_HOST_WRITE:
    case DO_WRITE: return step->path != NULL && (step->bytes != NULL || step->byte_count == 0);
    case DO_FILTER_DEVICES: return step->path != NULL && step->bytes != NULL;
    case DO_LIMIT:
      return step->path != NULL && step->bytes != NULL && (step->other == NULL) == (step->text == NULL);
    case DO_CPUSET: return step->path != NULL && step->other != NULL;
    case DO_DEVICES: return fits_devices(step);
    case DO_NETLINK_HOST:
    case DO_NETLINK: return step->bytes != NULL && step->byte_count > 0;
    case DO_OVERLAY: return step->path != NULL && step->text != NULL && step->other != NULL;
    case DO_MOUNT: return step->path != NULL && step->other != NULL;
    case DO_SYMLINK: return step->path != NULL && step->text != NULL;
    case DO_TREE_OPEN:
    case DO_TREE_PLACE: return step->path != NULL && step->number < MAX_TREE_SLOTS;
    case DO_HOSTNAME:
    case DO_USER: return step->text != NULL;
    case DO_EXEC: return step->argv != NULL && step->argv[0] != NULL && step->env != NULL;
    case DO_RLIMIT: return step->byte_count == 16;
    case DO_SYSCTL: return step->path != NULL && step->bytes != NULL && step->byte_count > 0;
    case DO_FILTER_SYSCALLS:
      return step->byte_count > 0 && step->byte_count % 8 == 0 && step->byte_count / 8 <= MAX_FILTER_INSTRUCTIONS;
    case DO_SHM_OPEN: return step->number < MAX_TREE_SLOTS;
    case DO_USER_NAMESPACE: return step->text != NULL && step->other != NULL;
    case DO_MAPPED_LAYERS: return step->path != NULL && step->other != NULL;
    case DO_DEVICE_TREE: return step->path != NULL && step->flags < MAX_TREE_SLOTS;
    case DO_ENTER_USERS: return has_namespaces_of_a_container(step->flags);
    case DO_UNSHARE:
    case DO_ROOT_READ_ONLY:
    case DO_PIVOT:
    case DO_AWAIT_KEEPER:
    case DO_NO_NEW_PRIVILEGES:
    case DO_KEEP_RIGHTS:
    case DO_BOUNDING:
    case DO_CAPABILITIES:
    case DO_UMASK:
    case DO_CONSOLE:
    case DO_JOIN_NAMESPACES:
    case DO_TERMINAL:
    case DO_STDIN_NULL: return true;
    default: return false;
  }
}

bool read_step(struct step_list *list, const struct field *field) {
  if (field->length < 2 || list->count >= MAX_STEPS) return false;
  if (list->steps == NULL) {
    list->steps = calloc(MAX_STEPS, sizeof *list->steps);
    if (list->steps == NULL) return false;
  }
  struct step *step = &list->steps[list->count++];
  *step = (struct step){.kind = read_u16(field->bytes), .name = ""};
  struct reader reader = {.at = field->bytes + 2, .end = field->bytes + field->length};
  struct field part;
  enum read_result result;
  while ((result = read_field(&reader, &part)) == READ_FIELD)
    if (!read_step_field(step, &part)) return false;
  return result == READ_END && has_what_it_needs(step);
}

void free_steps(struct step_list *list) {
  for (uint32_t index = 0; index < list->count; index++) {
    free(list->steps[index].argv);
    free(list->steps[index].env);
  }
  free(list->steps);
  *list = (struct step_list){0};
}

bool has_step(const struct step_list *list, enum step_kind kind) {
  for (uint32_t index = 0; index < list->count; index++)
    if (list->steps[index].kind == kind) return true;
  return false;
}

bool step_tolerates(const struct step *step, int error) {
  for (uint32_t index = 0; index < step->tolerated_count; index++)
    if (read_u32(step->tolerated + (size_t)index * 4) == (uint32_t)error) return true;
  return false;
}

static int host_write(const struct step *step) {
  int flags = O_WRONLY | O_CLOEXEC;
  if ((step->flags & WRITE_CREATE) != 0) flags |= O_CREAT | O_TRUNC | O_NOFOLLOW;
  SCOPED_FD file = open(step->path, flags, (mode_t)step->mode);
  if (file < 0) return (step->flags & WRITE_OPTIONAL) != 0 ? 0 : -1;
  uint32_t done = 0;
  do {
    ssize_t written = write(file, step->bytes + done, step->byte_count - done);
    if (written < 0) return (step->flags & WRITE_OPTIONAL) != 0 ? 0 : -1;
    done += (uint32_t)written;
  } while (done < step->byte_count);
  return 0;
}

/* The folders above a group may be shared and are left; the group itself must be new. */
static int make_cgroup(const char *path) {
  if (mkdir(path, 0755) == 0) return 0;
  if (errno != ENOENT) return -1;
  char parent[4096];
  const char *slash = strrchr(path, '/');
  if (slash == NULL || slash == path || (size_t)(slash - path) >= sizeof parent) {
    errno = EINVAL;
    return -1;
  }
  memcpy(parent, path, (size_t)(slash - path));
  parent[slash - path] = 0;
  if (make_host_folder(parent, 0755) < 0) return -1;
  return mkdir(path, 0755);
}

static int make_owned_folder(const struct step *step) {
  if (make_host_folder(step->path, (mode_t)step->mode) < 0) return -1;
  if ((step->flags & FOLDER_OWNED) == 0) return 0;
  return lchown(step->path, (uid_t)(step->number >> 32), (gid_t)(step->number & UINT32_MAX));
}

static int run_keeper_step(const struct step *step, int container_net, char *text, size_t size) {
  switch (step->kind) {
    case DO_HOST_FOLDER: return make_owned_folder(step);
    case DO_HOST_WRITE: return host_write(step);
    case DO_CGROUP: return make_cgroup(step->path);
    case DO_FILTER_DEVICES: return filter_devices(step);
    case DO_LIMIT: return set_group_limit(step, text, size);
    case DO_CPUSET: return inherit_cpuset(step, text, size);
    case DO_NETLINK_HOST: return send_netlink_step(step, container_net, text, size);
    default: return 0;
  }
}

bool run_keeper_steps(const struct step_list *list, bool after_clone, int container_net,
                      struct step_failure *failure) {
  for (uint32_t index = 0; index < list->count; index++) {
    const struct step *step = &list->steps[index];
    if ((step->kind == DO_NETLINK_HOST) != after_clone) continue;
    failure->text[0] = 0;
    if (run_keeper_step(step, container_net, failure->text, sizeof failure->text) == 0) continue;
    failure->step = index;
    failure->error = errno;
    return false;
  }
  return true;
}
