#define _GNU_SOURCE
#include "copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "limits.h"
#include "refuse.h"
#include "walk.h"

#define BUFFER_BYTES (256 << 10)
#define LINK_BUCKETS 4096
#define XATTR_LIST_BYTES 65536

/* A file with several names, by its identity in the image, and the first of its names in the copy. */
struct known_file {
  struct known_file *next;
  dev_t device;
  ino_t inode;
  char path[];
};

static int destination_root = -1;
static uint64_t entries;
static size_t remembered_bytes;
static struct known_file *known_files[LINK_BUCKETS];
static char buffer[BUFFER_BYTES];
/* Name of the entry at work, from the folder that is copied. */
static struct walk walk;

static void copy_content(int from, int to, int depth);

/* The rest of the attributes are the kernel's or the machine's own; those of overlayfs must never be copied. */
static int may_copy(const char *name) {
  if (strncmp(name, "user.overlay.", 13) == 0) return 0;
  return strncmp(name, "user.", 5) == 0 || strcmp(name, "security.capability") == 0 ||
         strncmp(name, "system.posix_acl_", 17) == 0;
}

static void copy_xattrs(int from, int to) {
  static char names[XATTR_LIST_BYTES], value[MAX_XATTR_VALUE_BYTES];
  ssize_t total = flistxattr(from, names, sizeof names);
  if (total < 0 && errno == ENOTSUP) return;
  if (total < 0) break_down("list the extended attributes");
  for (ssize_t at = 0; at < total; at += (ssize_t)strlen(names + at) + 1) {
    if (!may_copy(names + at)) continue;
    ssize_t length = fgetxattr(from, names + at, value, sizeof value);
    if (length < 0) break_down("read an extended attribute");
    /* A file system that knows no such attributes is no reason to have no volume. */
    if (fsetxattr(to, names + at, value, (size_t)length, 0) != 0 && errno != ENOTSUP) {
      break_down("set an extended attribute");
    }
  }
}

/* The order counts: a change of owner clears set-user-id bits and capabilities, and any change sets the time. */
static void copy_attributes(int from, int to, const struct stat *status) {
  if (fchown(to, status->st_uid, status->st_gid) != 0) break_down("set the owner");
  if (fchmod(to, status->st_mode & 07777) != 0) break_down("set the mode");
  copy_xattrs(from, to);
  struct timespec times[2] = {status->st_atim, status->st_mtim};
  if (futimens(to, times) != 0) break_down("set the time");
}

static void copy_bytes(int from, int to) {
  for (;;) {
    ssize_t count = read(from, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break_down("read the file");
    if (count == 0) return;
    for (ssize_t done = 0; done < count;) {
      ssize_t written = write(to, buffer + done, (size_t)(count - done));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) break_down("write the file");
      done += written;
    }
  }
}

static void copy_file(int from, int to, const char *name) {
  int source = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat status;
  if (source < 0 || fstat(source, &status) != 0) break_down("open the file");
  int copy = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (copy < 0) break_down("create the file");
  copy_bytes(source, copy);
  copy_attributes(source, copy, &status);
  close(source);
  if (close(copy) != 0) break_down("close the file");
}

/* Gives the same file another name when it was copied before; otherwise remembers it. */
static int link_known_file(int to, const char *name, const struct stat *status) {
  size_t bucket = (size_t)(status->st_ino ^ status->st_dev) % LINK_BUCKETS;
  for (struct known_file *file = known_files[bucket]; file != NULL; file = file->next) {
    if (file->device != status->st_dev || file->inode != status->st_ino) continue;
    /* Nobody else can reach the copy yet, so its folders are those that were made here. */
    if (linkat(destination_root, file->path, to, name, 0) != 0) break_down("create the hard link");
    return 1;
  }
  size_t bytes = sizeof(struct known_file) + walk.length + 1;
  remembered_bytes += bytes;
  if (remembered_bytes > MAX_REMEMBERED_BYTES) refuse("the folder has too many hard links");
  struct known_file *file = malloc(bytes);
  if (file == NULL) break_down("take memory");
  file->next = known_files[bucket];
  file->device = status->st_dev;
  file->inode = status->st_ino;
  memcpy(file->path, walk.text, walk.length + 1);
  known_files[bucket] = file;
  return 0;
}

static void copy_symbolic_link(int from, int to, const char *name) {
  ssize_t length = readlinkat(from, name, buffer, MAX_LINK_TEXT_BYTES + 1);
  if (length < 0) break_down("read the symbolic link");
  if (length > MAX_LINK_TEXT_BYTES) refuse("the symbolic link's target is too long");
  buffer[length] = '\0';
  if (symlinkat(buffer, to, name) != 0) break_down("create the symbolic link");
}

static void copy_folder(int from, int to, const char *name, int depth) {
  if (depth > MAX_DEPTH) refuse("it is deeper than %d folders", MAX_DEPTH);
  int source = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (source < 0) break_down("open the folder");
  if (mkdirat(to, name, 0700) != 0) break_down("create the folder");
  int copy = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (copy < 0) break_down("open the new folder");
  copy_content(source, copy, depth);
  close(source);
  close(copy);
}

/* Links, pipes, sockets and devices cannot be opened to have their attributes set. */
static void copy_attributes_by_name(int to, const char *name, const struct stat *status) {
  struct timespec times[2] = {status->st_atim, status->st_mtim};
  if (fchownat(to, name, status->st_uid, status->st_gid, AT_SYMLINK_NOFOLLOW) != 0) break_down("set the owner");
  if (!S_ISLNK(status->st_mode) && fchmodat(to, name, status->st_mode & 07777, 0) != 0) break_down("set the mode");
  if (utimensat(to, name, times, AT_SYMLINK_NOFOLLOW) != 0) break_down("set the time");
}

static void copy_entry(int from, int to, const char *name, int depth) {
  struct stat status;
  if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) != 0) break_down("look at the entry");
  if (++entries > MAX_ENTRIES) refuse("the folder has more than %llu entries", MAX_ENTRIES);
  if (S_ISDIR(status.st_mode)) return copy_folder(from, to, name, depth + 1);
  if (status.st_nlink > 1 && link_known_file(to, name, &status)) return;
  if (S_ISREG(status.st_mode)) return copy_file(from, to, name);
  if (S_ISLNK(status.st_mode)) copy_symbolic_link(from, to, name);
  else if (mknodat(to, name, (status.st_mode & S_IFMT) | 0600, status.st_rdev) != 0) break_down("create the node");
  copy_attributes_by_name(to, name, &status);
}

/* Copies everything in a folder, and then its own attributes, because every entry changed its time. */
static void copy_content(int from, int to, int depth) {
  struct stat status;
  int listed = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *list = listed < 0 ? NULL : fdopendir(listed);
  if (list == NULL || fstat(from, &status) != 0) break_down("open the folder");
  for (;;) {
    errno = 0;
    struct dirent *entry = readdir(list);
    if (entry == NULL && errno != 0) break_down("list the folder");
    if (entry == NULL) break;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    size_t before = walk_enter(&walk, entry->d_name);
    refuse_entry(walk.text);
    copy_entry(from, to, entry->d_name, depth);
    walk_leave(&walk, before);
    refuse_entry(before == 0 ? NULL : walk.text);
  }
  closedir(list);
  copy_attributes(from, to, &status);
}

/* The image's root; the mount is this process's own and goes with it. */
static int mount_image(const struct copy_request *request) {
  if (unshare(CLONE_NEWNS) != 0) break_down("leave the machine's mounts");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) break_down("keep mounts private");
  if (chdir(request->layers_folder) != 0) break_down("enter the folder of the layers");
  unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("overlay", request->mount_point, "overlay", flags, request->overlay_options) != 0) {
    break_down("mount the image");
  }
  int root = open(request->mount_point, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (root < 0) break_down("open the image");
  return root;
}

uint64_t copy_folder_of_image(const struct copy_request *request) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    break_down("prepare the process");
  }
  if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0) break_down("close inherited files");
  umask(0);
  destination_root = open(request->destination, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (destination_root < 0) break_down("open the folder to copy to");
  int root = mount_image(request);
  struct open_how how = {
      .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
      .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
  };
  int source = (int)syscall(SYS_openat2, root, request->source, &how, sizeof how);
  if (source < 0) {
    /* No folder there: the volume begins empty, as a container would find it. */
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG) return 0;
    break_down("open the folder to copy");
  }
  copy_content(source, destination_root, 0);
  if (syncfs(destination_root) != 0) break_down("bring the copy to disk");
  return entries;
}
