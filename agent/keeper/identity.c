#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "child.h"
#include "paths.h"
#include "scope.h"

#define MAX_NAME 256
#define MAX_GROUPS 1024
/* Longer lines of /etc/passwd or /etc/group are passed over. */
#define MAX_LINE 8192
#define MAX_ACCOUNT_FILE_BYTES (4u * 1024 * 1024)
#define LAST_POSSIBLE_CAPABILITY 63

struct account_file {
  int file;
  uint32_t total;
  size_t used;
  size_t at;
  char buffer[MAX_LINE];
};

/* Only a regular file inside the root: no pipe that blocks, no link that leads out. */
static int open_account_file(struct child *child, const char *path) {
  SCOPED_FD file = open_in_root(child->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, true);
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) return -1;
  if (!S_ISREG(status.st_mode)) {
    errno = EINVAL;
    return -1;
  }
  return take_descriptor(&file);
}

/* The next line without its end, or NULL. */
static char *next_line(struct account_file *source) {
  for (;;) {
    char *start = source->buffer + source->at;
    char *end = memchr(start, '\n', source->used - source->at);
    if (end != NULL) {
      *end = 0;
      source->at = (size_t)(end - source->buffer) + 1;
      return start;
    }
    size_t left = source->used - source->at;
    memmove(source->buffer, start, left);
    source->used = left == sizeof source->buffer - 1 ? 0 : left;
    source->at = 0;
    ssize_t received = 0;
    if (source->total < MAX_ACCOUNT_FILE_BYTES)
      received = read(source->file, source->buffer + source->used, sizeof source->buffer - 1 - source->used);
    if (received <= 0) {
      if (source->used == 0) return NULL;
      source->buffer[source->used] = 0;
      source->used = 0;
      return source->buffer;
    }
    source->total += (uint32_t)received;
    source->used += (size_t)received;
  }
}

static bool parse_id(const char *text, uint32_t *out) {
  if (*text == 0) return false;
  uint64_t value = 0;
  for (; *text != 0; text++) {
    if (*text < '0' || *text > '9') return false;
    value = value * 10 + (uint64_t)(*text - '0');
    if (value >= UINT32_MAX) return false;
  }
  *out = (uint32_t)value;
  return true;
}

/* Splits `a:b:c` in place into at most `limit` parts; the missing ones are empty. */
static void split_line(char *line, char **parts, int limit) {
  static char empty[1];
  for (int index = 0; index < limit; index++) {
    parts[index] = line == NULL ? empty : line;
    if (line != NULL) {
      line = strchr(line, ':');
      if (line != NULL) *line++ = 0;
    }
  }
}

struct identity {
  char name[MAX_NAME];
  uint32_t user;
  uint32_t group;
  gid_t groups[MAX_GROUPS];
  size_t group_count;
  char home[PATH_MAX];
};

/* Finds the user by name or number in /etc/passwd. True when the file has it. */
static bool find_user(struct child *child, const char *wanted, struct identity *identity) {
  static struct account_file source;
  memset(&source, 0, sizeof source);
  SCOPED_FD file = open_account_file(child, "/etc/passwd");
  if (file < 0) return false;
  source.file = file;
  uint32_t number = 0;
  bool by_number = parse_id(wanted, &number);
  for (char *line; (line = next_line(&source)) != NULL;) {
    char *parts[6];
    split_line(line, parts, 6);
    uint32_t user;
    uint32_t group;
    if (!parse_id(parts[2], &user) || !parse_id(parts[3], &group)) continue;
    if (strcmp(parts[0], wanted) != 0 && !(by_number && user == number)) continue;
    identity->user = user;
    identity->group = group;
    (void)snprintf(identity->name, sizeof identity->name, "%s", parts[0]);
    (void)snprintf(identity->home, sizeof identity->home, "%s", parts[5]);
    return true;
  }
  return false;
}

static bool lists_member(char *members, const char *name) {
  for (char *member; (member = strsep(&members, ",")) != NULL;)
    if (strcmp(member, name) == 0) return true;
  return false;
}

/* One pass over /etc/group: the group that was named, and those that list the user. True when the named one is there. */
static bool find_groups(struct child *child, const char *wanted, struct identity *identity) {
  static struct account_file source;
  memset(&source, 0, sizeof source);
  SCOPED_FD file = open_account_file(child, "/etc/group");
  if (file < 0) return false;
  source.file = file;
  bool found = false;
  for (char *line; (line = next_line(&source)) != NULL;) {
    char *parts[4];
    split_line(line, parts, 4);
    uint32_t group;
    if (!parse_id(parts[2], &group)) continue;
    if (wanted != NULL && strcmp(parts[0], wanted) == 0) {
      identity->group = group;
      found = true;
    }
    if (wanted == NULL && identity->name[0] != 0 && identity->group_count < MAX_GROUPS &&
        lists_member(parts[3], identity->name))
      identity->groups[identity->group_count++] = group;
  }
  return found;
}

/* The number of a group by its name or number. True when /etc/group has it. */
static bool find_group(struct child *child, const char *wanted, uint32_t *out) {
  static struct account_file source;
  memset(&source, 0, sizeof source);
  SCOPED_FD file = open_account_file(child, "/etc/group");
  if (file < 0) return false;
  source.file = file;
  for (char *line; (line = next_line(&source)) != NULL;) {
    char *parts[3];
    split_line(line, parts, 3);
    if (strcmp(parts[0], wanted) == 0 && parse_id(parts[2], out)) return true;
  }
  return false;
}

/* The groups that the step lists by name or number, behind those of the user, each once. */
static int add_further_groups(struct child *child, struct identity *identity) {
  if (child->step->argv == NULL) return 0;
  for (char **wanted = child->step->argv; *wanted != NULL; wanted++) {
    uint32_t group = 0;
    if (!find_group(child, *wanted, &group) && !parse_id(*wanted, &group)) {
      errno = ENOENT;
      return explain(child, "unable to find group %s: no matching entries in group file", *wanted);
    }
    bool known = false;
    for (size_t index = 0; index < identity->group_count; index++)
      if (identity->groups[index] == group) known = true;
    if (known) continue;
    if (identity->group_count >= MAX_GROUPS) {
      errno = E2BIG;
      return explain(child, "more than %d groups", MAX_GROUPS);
    }
    identity->groups[identity->group_count++] = group;
  }
  return 0;
}

/* CVE-2022-36109: without it a group that a file's mode shuts out could be left and the file be read. */
static void add_primary_group(struct identity *identity) {
  if (identity->group_count >= MAX_GROUPS) identity->group_count--;
  for (size_t index = identity->group_count++; index > 0; index--)
    identity->groups[index] = identity->groups[index - 1];
  identity->groups[0] = identity->group;
}

static int apply_identity(struct identity *identity) {
  struct stat status;
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
    if (identity->user == 0 || fstat(stream, &status) < 0) continue;
    /* A terminal stays with the group `tty`, so that write(1) works. */
    bool terminal = S_ISCHR(status.st_mode) && isatty(stream) == 1;
    if (!terminal && !S_ISFIFO(status.st_mode)) continue;
    if (fchown(stream, identity->user, terminal ? (gid_t)-1 : identity->group) < 0) return -1;
  }
  if (setgroups(identity->group_count, identity->groups) < 0) return -1;
  if (setresgid(identity->group, identity->group, identity->group) < 0) return -1;
  return setresuid(identity->user, identity->user, identity->user);
}

int become_user(struct child *child) {
  static struct identity identity;
  char wanted[MAX_NAME];
  if (strlen(child->step->text) >= sizeof wanted) {
    errno = ENAMETOOLONG;
    return -1;
  }
  (void)strcpy(wanted, child->step->text);
  char *group = strchr(wanted, ':');
  if (group != NULL) *group++ = 0;
  const char *user = wanted[0] == 0 ? "0" : wanted;
  if (!find_user(child, user, &identity) && !parse_id(user, &identity.user)) {
    errno = ENOENT;
    return explain(child, "unable to find user %s: no matching entries in passwd file", user);
  }
  if (group != NULL && *group != 0) {
    if (!find_groups(child, group, &identity) && !parse_id(group, &identity.group)) {
      errno = ENOENT;
      return explain(child, "unable to find group %s: no matching entries in group file", group);
    }
  } else {
    (void)find_groups(child, NULL, &identity);
  }
  if ((child->step->flags & USER_EXACT_GROUPS) == 0) add_primary_group(&identity);
  if (add_further_groups(child, &identity) < 0) return -1;
  const char *home = identity.home[0] == '/' ? identity.home : "/";
  (void)snprintf(child->home, sizeof child->home, "HOME=%s", home);
  return apply_identity(&identity);
}

int drop_bounding(struct child *child) {
  for (int capability = 0; capability <= LAST_POSSIBLE_CAPABILITY; capability++) {
    if ((child->step->flags >> capability & 1) != 0) continue;
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    /* The kernel's last capability was passed. */
    if (errno == EINVAL) return 0;
    return -1;
  }
  return 0;
}

/* Permitted and effective become what is wanted and held; inheritable and ambient become empty (CVE-2022-24769). */
int set_capabilities(struct child *child) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct held[2];
  if (syscall(SYS_capget, &header, held) < 0) return -1;
  for (int half = 0; half < 2; half++) {
    held[half].permitted &= (uint32_t)(child->step->flags >> (32 * half));
    held[half].effective = held[half].permitted;
    held[half].inheritable = 0;
    /* Those of an OCI bundle, each set by itself: effective, inheritable, ambient. */
    if (child->step->byte_count != 24) continue;
    held[half].effective &= read_u32(child->step->bytes + 4 * half);
    held[half].inheritable = read_u32(child->step->bytes + 8 + 4 * half);
  }
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) return -1;
  if (syscall(SYS_capset, &header, held) < 0) return -1;
  if (child->step->byte_count != 24) return 0;
  uint64_t ambient = read_u64(child->step->bytes + 16);
  for (int capability = 0; capability <= LAST_POSSIBLE_CAPABILITY; capability++)
    if ((ambient >> capability & 1) != 0 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
      return explain(child, "ambient capability %d", capability);
  return 0;
}
