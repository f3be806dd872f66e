#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"

#define ADMINISTRATOR_BIT (1u << CAP_SYS_ADMIN)

/* Rights outlive the change of user until the filter is in place: without no_new_privs it takes CAP_SYS_ADMIN. */
int keep_rights(void) { return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0); }

static int load_filter(const struct step *step) {
  struct sock_fprog program = {
      .len = (unsigned short)(step->byte_count / sizeof(struct sock_filter)),
      .filter = (void *)(uintptr_t)step->bytes,
  };
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int filter_syscalls(struct child *child) {
  const struct step *step = child->step;
  if ((step->flags & FILTER_WITH_KEPT_RIGHTS) == 0) return load_filter(step);
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct held[2];
  bool is_root = geteuid() == 0;
  /* The change of user made the process dumpable again where fs.suid_dumpable says so (CVE-2016-9962). */
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) return -1;
  if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0) return -1;
  if (syscall(SYS_capget, &header, held) < 0) return -1;
  held[0].effective |= held[0].permitted & ADMINISTRATOR_BIT;
  if (syscall(SYS_capset, &header, held) < 0) return -1;
  if (load_filter(step) < 0) return -1;
  if (is_root) return 0;
  /* What the change of user would have taken. */
  struct __user_cap_data_struct none[2] = {{0}, {0}};
  return (int)syscall(SYS_capset, &header, none);
}
