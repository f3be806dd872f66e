/* Joining the namespaces of another container, and what comes along with them. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "child.h"
#include "paths.h"
#include "scope.h"

#define SHM_FOLDER "/dev/shm"
#define NAMESPACES_TO_JOIN \
  (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP)

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif

/* The pid namespace came with the clone. */
int join_early(struct child *child) {
  if (child->joins.ipc >= 0 && setns(child->joins.ipc, CLONE_NEWIPC) < 0)
    return explain(child, "the IPC namespace of the other container");
  if (child->joins.net >= 0 && setns(child->joins.net, CLONE_NEWNET) < 0)
    return explain(child, "the network of the other container");
  return 0;
}

/* CVE-2016-9962: the user namespace comes first, so that nothing of the container ever sees a process of the node's. */
int join_container(struct child *child) {
  const struct step *step = child->step;
  if ((step->flags & JOIN_USERS) == 0) {
    if (setns(CHILD_NAMESPACES, NAMESPACES_TO_JOIN) < 0) return -1;
  } else {
    child->root_user = (uid_t)step->number;
    child->root_group = (gid_t)step->mode;
    if (become_mapped_root(child, CHILD_NAMESPACES, CLONE_NEWUSER | NAMESPACES_TO_JOIN) < 0) return -1;
  }
  close_descriptor(&child->root);
  child->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return child->root < 0 ? -1 : 0;
}

/*
 * A mount can be cloned only where it lies, so the child visits the other container's mounts for it. Its /dev/shm is
 * walked to without links: what root there may have put in its place must not lead elsewhere.
 */
int open_shm_slot(struct child *child) {
  SCOPED_FD own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  if (own < 0) return explain(child, "the mount namespace of its own");
  if (setns(child->joins.ipc, CLONE_NEWNS) < 0) return explain(child, "the mounts of the other container");
  SCOPED_FD root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  SCOPED_FD folder = root < 0 ? -1 : open_in_root(root, SHM_FOLDER, O_PATH | O_DIRECTORY, 0, false);
  int tree = folder < 0 ? -1 : open_tree(folder, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH);
  int saved = errno;
  child->trees[child->step->number] = tree;
  if (setns(own, CLONE_NEWNS) < 0) return explain(child, "the mount namespace of its own");
  errno = saved;
  return tree < 0 ? explain(child, "/dev/shm of the other container") : 0;
}
